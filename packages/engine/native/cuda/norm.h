// The residual stream: token embedding, adding a layer's output, and normalising for the next
// product.
#pragma once
#include <cuda_runtime.h>

#include "flover/model.h"
#include "layout.cuh"
#include "plan.h"

namespace flover::cuda {

struct NormWeights {
  const float* weight = nullptr;  // [hidden]
  const float* bias = nullptr;    // LayerNorm where there is one, else RMSNorm
  float epsilon = 0;
};

// Split sums of a product (or of the ranks), [splits][stride tokens][hidden], and its bias.
struct Partials {
  const float* data = nullptr;
  int splits = 0;
  int tokens = 0;
  const float* bias = nullptr;
  // Sums of the ranks lie in two buffers, the second those of odd exchanges: `exchange` is the
  // number of the pass's first, on the device.
  const uint32_t* exchange = nullptr;
  uint32_t exchangeOffset = 0;
};

// Ranks of a world at most.
constexpr int kMostRanks = 8;

struct NormTarget {
  void* x = nullptr;  // right-hand side of the next product
  ActivationLayout layout;
};

// residual[token] = embedding of the token (its id from the pass, or the last one sampled); x =
// norm(residual). Bytes: hidden x (2 + 4 + 2) a token.
struct Embed {
  const PassHeader* header = nullptr;
  const int *ids = nullptr, *slots = nullptr, *positions = nullptr;
  int32_t* history = nullptr;  // [slot][historyStride]
  int historyStride = 0;
  const void* table = nullptr;  // [vocabulary][hidden]
  Record* records = nullptr;
  int* tickets = nullptr;  // of the pass's attention, `ticketCount` of them: made zero
  int ticketCount = 0;
};
void embed(const Embed& e, const NormWeights& norm, float* residual, const NormTarget& to,
           int hidden, int tokens, DataType type, cudaStream_t stream);

// residual += a + b; x = norm(residual). Bytes: hidden x (4 splits + 8 + 2) a token. With `gather`,
// row i of x is token gather[i] and the residual stays.
void addNorm(const Partials& a, const Partials& b, const NormWeights& norm, float* residual,
             const NormTarget& to, const int* gather, int hidden, int rows, DataType type,
             cudaStream_t stream);

}  // namespace flover::cuda
