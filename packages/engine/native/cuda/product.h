// out = W x for all weight shapes of a model: one reduction order a weight, whatever the number of
// tokens.
#pragma once
#include <cuda_runtime.h>

#include "flover/model.h"
#include "layout.cuh"

namespace flover::cuda {

// A weight as it lies on the device. 16-bit: fragments; fp32: rows [rows][paddedK].
struct Weight {
  const void* data = nullptr;
  const float* bias = nullptr;  // [rows] in stored order, or none
  int rows = 0;                 // stored rows that mean something
  int paddedRows = 0;
  int paddedK = 0;
  int splits = 1;  // independent sums over parts of K, each a row of blocks of its own
};

enum class EpilogueKind : int { Partials, Gated, Gelu, Heads };

// Where query, key and value rows go: rotated, queries to [token][head][stride], keys and values
// into KV blocks [block][kvHead][token in block][stride].
struct HeadTarget {
  void* queries = nullptr;
  void* keys = nullptr;
  void* values = nullptr;
  const float2* rope = nullptr;  // [position][dims/2] cosine and sine
  const int* positions = nullptr;
  const int* places =
      nullptr;  // [token] place among the tokens of head 0 in all blocks; negative: none
  int heads = 0, kvHeads = 0, headDim = 0, stride = 0, rotated = 0, blockTokens = 0;
  bool interleaved = false;
};

// What becomes of the sums.
struct Epilogue {
  EpilogueKind kind = EpilogueKind::Partials;
  float* partials = nullptr;  // [split][token][partialStride]
  int partialStride = 0;
  void* activations = nullptr;  // Gated, Gelu: the next product's right-hand side
  ActivationLayout layout;
  HeadTarget target;
};

struct Product {
  Weight weight;
  const void* x = nullptr;
  ActivationLayout layout;
  int tokens = 0;           // real tokens, at most layout.tokens
  int multiprocessors = 1;  // to take at most; Hopper's kernels obey
  int spare = 0;            // of these, to leave to others where nobody's part of the weight grows
  bool beside = false;      // whether others have work on the rest of the device
  Epilogue epilogue;
};

// Queues a product. `type` is the storage type of weights and activations; `hopper` chooses the
// wgmma kernels.
void product(const Product& p, DataType type, bool hopper, cudaStream_t stream);

// The padded number of tokens and the order that `product` wants for so many tokens.
ActivationLayout activationLayout(int tokens, int paddedK, DataType type, bool hopper);

// Whether the wgmma kernels can run on this device, of compute capability `major`, in this build.
bool hopperProducts(int major);

// Raises shared-memory limits once for the device; before capture of graphs.
void prepareProducts(bool hopper);

}  // namespace flover::cuda
