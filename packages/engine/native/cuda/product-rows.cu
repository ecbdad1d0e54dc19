// Weight products in fp32 by plain multiply-add: out[rows x tokens] = W[rows x K] x[K x tokens]. A
// block makes 16 rows times 8 tokens, a warp two of the rows (r and r + 8).
//
// W: [rows][paddedK]. x: Order::Rows. Out: the epilogue's (epilogue.cuh). Lane l sums k = 4l + 128i
// in ascending i, then a fixed tree adds the lanes: the same order for every number of tokens.
//
// Bytes: the weights once for each eight tokens. For checks rather than speed: no bench.
#include "epilogue.cuh"
#include "pdl.cuh"
#include "product-kernels.h"

namespace flover::cuda {

namespace {

constexpr int kTokens = 8;

__global__ void __launch_bounds__(256) rows(const __grid_constant__ Product p) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int strip = blockIdx.x, row = strip * 16 + warp, firstToken = blockIdx.y * kTokens;
  letNextStart();
  waitForPrevious();
  const int paddedK = p.weight.paddedK;
  const float* top = static_cast<const float*>(p.weight.data) + static_cast<int64_t>(row) * paddedK;
  const float* low = top + static_cast<int64_t>(8) * paddedK;
  const float* x =
      static_cast<const float*>(p.x) + static_cast<int64_t>(firstToken) * p.layout.paddedK;
  float sums[2][kTokens] = {};
  for (int k = lane * 4; k < paddedK; k += 128) {
    const float4 w0 = *reinterpret_cast<const float4*>(top + k),
                 w1 = *reinterpret_cast<const float4*>(low + k);
#pragma unroll
    for (int t = 0; t < kTokens; t++) {
      const float4 v =
          *reinterpret_cast<const float4*>(x + static_cast<int64_t>(t) * p.layout.paddedK + k);
      sums[0][t] = fmaf(w0.w, v.w, fmaf(w0.z, v.z, fmaf(w0.y, v.y, fmaf(w0.x, v.x, sums[0][t]))));
      sums[1][t] = fmaf(w1.w, v.w, fmaf(w1.z, v.z, fmaf(w1.y, v.y, fmaf(w1.x, v.x, sums[1][t]))));
    }
  }
#pragma unroll
  for (int t = 0; t < kTokens; t++) {
    float a = sums[0][t], b = sums[1][t];
#pragma unroll
    for (int d = 16; d > 0; d /= 2) {
      a += __shfl_xor_sync(0xffffffffu, a, d);
      b += __shfl_xor_sync(0xffffffffu, b, d);
    }
    if (lane == t) storePair<float>(p, 0, row, firstToken + t, a, b);
  }
}

}  // namespace

void productRows(const Product& p, cudaStream_t stream) {
  const dim3 grid(p.weight.paddedRows / 16, p.layout.tokens / kTokens);
  launchDependent(rows, grid, dim3(256), 0, stream, p);
}

}  // namespace flover::cuda
