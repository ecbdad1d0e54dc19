// Zeros past the end of K, in right-hand sides of products: a thread an element, there are at most
// 63 columns of each.
//
// Bytes: at most 126 a token and right-hand side. No bench: one kernel a pass.
#include <algorithm>
#include <cstdint>

#include "padding.h"
#include "pdl.cuh"

namespace flover::cuda {

namespace {

constexpr int kThreads = 256;

struct Padding {
  PaddedColumns list[kMostPadded];
  int count = 0;
};

__host__ __device__ __forceinline__ int elementsOf(const PaddedColumns& p) {
  return (p.layout.paddedK - p.size) * p.layout.tokens;
}

__global__ void __launch_bounds__(kThreads) clear(const __grid_constant__ Padding all) {
  waitForPrevious();
  const PaddedColumns& p = all.list[blockIdx.y];
  const int columns = p.layout.paddedK - p.size, i = blockIdx.x * kThreads + threadIdx.x;
  if (i >= elementsOf(p)) return;
  // Zero in fp16 and in bf16.
  static_cast<uint16_t*>(p.x)[p.layout.index(p.size + i % columns, i / columns)] = 0;
}

}  // namespace

void clearPadding(const PaddedColumns (&all)[kMostPadded], DataType type, cudaStream_t stream) {
  if (type == DataType::F32) return;
  Padding padding;
  int most = 0;
  for (const PaddedColumns& p : all) {
    if (elementsOf(p) == 0) continue;
    padding.list[padding.count++] = p;
    most = std::max(most, elementsOf(p));
  }
  if (padding.count == 0) return;
  const dim3 grid((most + kThreads - 1) / kThreads, padding.count);
  launchDependent(clear, grid, dim3(kThreads), 0, stream, padding);
}

}  // namespace flover::cuda
