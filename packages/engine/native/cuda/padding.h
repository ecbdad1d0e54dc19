// What lies past the end of K in the right-hand side of a product. Weights are zero there, but zero
// times what a pass of another size has left there is NaN where that overflowed.
#pragma once
#include <cuda_runtime.h>

#include "flover/model.h"
#include "layout.cuh"

namespace flover::cuda {

// A right-hand side whose columns [size, layout.paddedK) nobody writes.
struct PaddedColumns {
  void* x = nullptr;
  int size = 0;
  ActivationLayout layout;
};

constexpr int kMostPadded = 4;

// Makes the columns past `size` zero, for all tokens of the layouts; queues nothing where there are
// none. In fp32 their places are the same in every pass, and stay zero from the start. Bytes: at
// most 126 a token of each.
void clearPadding(const PaddedColumns (&all)[kMostPadded], DataType type, cudaStream_t stream);

}  // namespace flover::cuda
