// What each rank of a world holds of a model, and how a world is checked and fails.
//
// Heads, key heads and neurons are divided evenly. Vocabulary rows too, the first ranks taking one
// more each where they do not come out even. Norms, the residual stream and the biases of
// column-cut products are whole on every rank; such a bias is added once, to the sum over the
// ranks. Embeddings may be whole too, where looking them up would cost a sum.
#pragma once
#include <cstddef>
#include <cstdint>
#include <exception>

#include "flover/error.h"
#include "flover/model.h"
#include "flover/tensors.h"

namespace flover {

struct Range {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
};

// A rank's part of `count` things; the first (count % worldSize) ranks have one more.
Range partOf(int64_t count, int32_t rank, int32_t worldSize);

// The model as a rank sees it: heads, kvHeads, intermediate and vocabulary are this rank's own.
ModelConfig modelOfRank(const ModelConfig& whole, int32_t rank, int32_t worldSize);

// The rows and columns of a tensor that a rank holds; a vector has one column.
struct TensorPart {
  Range rows;
  Range columns;
  int64_t wholeColumns = 1;
  int64_t elements() const { return rows.size() * columns.size(); }
  // Row-major index in the whole tensor of an element of the part: what synthetic weights count by.
  int64_t wholeIndex(int64_t row, int64_t column) const {
    return (rows.begin + row) * wholeColumns + columns.begin + column;
  }
};
TensorPart partOf(const TensorSpec& spec, int32_t rank, int32_t worldSize);
int64_t weightBytesOfRank(const ModelConfig& whole, int32_t rank, int32_t worldSize);

// Throws "world-invalid" unless the ranks of the world are all here, once each and in order, and
// the model can be divided among them: heads, kvHeads and intermediate by multiples, at least one
// row of the vocabulary each.
void checkWorld(const WorldConfig& world, const ModelConfig& model);

// Throws "device-unavailable" where a rank asks for a device beyond `seen`, and
// "collective-unavailable" where ranks share one and the collective cannot.
void checkDevices(const WorldConfig& world, int32_t seen);

// Throws what `failRank` and `failWork` ask for; called by every rank when it begins a work.
void failIfAsked(const WorldConfig& world, int32_t rank, int32_t work);

// The one error with which a world ends when a rank fails: "rank-failed", naming rank and device
// and what failed there. In a world of one rank, the cause itself.
std::exception_ptr rankFailed(const WorldConfig& world, int32_t rank, std::exception_ptr cause);

}  // namespace flover
