// What the kernels of a lane on one rank know of the other ranks: where to write, and how they are
// told that all is there.
#pragma once
#include <cstdint>

#include "norm.h"
#include "wait-limits.h"

namespace flover::cuda {

// A kernel waits this long for another rank, and then ends the run.
constexpr int kRankTimeoutSeconds = 20;

struct Link {
  int rank = 0, size = 1;
  bool shared = false;                 // whether a device has several ranks
  int shareRows = 0;                   // rows of a share at most
  float* fused[kMostRanks] = {};       // on each rank [3][from rank][kFusedRows][hidden]
  float* shares[kMostRanks] = {};      // on each rank [2][from rank][shareRows][hidden]
  float* logits[kMostRanks] = {};      // on each rank [row][vocabulary]
  uint32_t* arrived[kMostRanks] = {};  // on each rank [from rank]: exchanges that have come
  int* counter = nullptr;              // this rank's, zero between launches
  volatile int* stop = nullptr;        // pinned: Failure::flag
};

// A layer's output on its way into the residual stream: this rank's own sums.
struct RankSums {
  Partials a, b;                // their own biases are left out
  const float* bias = nullptr;  // added once, to the sum over the ranks
  NormWeights norm;
  float* residual = nullptr;
  NormTarget to;
  const int* gather = nullptr;  // as addNorm's
  const PassHeader* header = nullptr;
  int hidden = 0, rows = 0;
  DataType type = DataType::F32;
};

// residual += sum over the ranks, in ascending order, of a + b, and the bias; x = norm(residual).
// Each block writes its row's own sum to all ranks and waits for theirs: every word that arrives is
// its own flag, so there is no other signal. `index` numbers the fused sums of a pass. Bytes a row
// beyond addNorm's: 4 hidden to each other rank.
void addRankSums(const RankSums& sums, const Link& link, int index, cudaStream_t stream);

// Writes this rank's own sum a + b of each row into its share on every rank, and waits, with one
// block, until those of all have come. `index` numbers the exchanges of a pass. With `alone` only
// its own copy is written, to [rank][rows][hidden] of `shares`, and nobody waits.
void shareSums(const RankSums& sums, const Link& link, int index, bool alone, cudaStream_t stream);

// Writes this rank's part of the logits, columns [first, first + count) of its own, to all others.
void shareLogits(const PassHeader* header, const Link& link, int rows, int first, int count,
                 int vocabulary, int index, cudaStream_t stream);

// From [rank][rows][stride], of each rank's part of the vocabulary, to [row][vocabulary].
void spreadLogits(const float* parts, int stride, float* logits, int rows, int ranks,
                  int vocabulary, cudaStream_t stream);

}  // namespace flover::cuda
