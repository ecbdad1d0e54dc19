// Weight products by mma.m16n8k16 for sm_80 and later: out[rows x tokens] = W[rows x K] x[K x
// tokens], 16-bit W and x, fp32 sums. A block makes 16 rows times 8, 16 or 32 tokens of one split
// of K.
//
// W: fragmentIndex of layout.cuh. x: Order::Fragments. Out: the epilogue's (epilogue.cuh). Weights
// stream straight into registers in fragment order; each of the eight warps of a block sums one run
// of K, the block adds the runs in order through shared memory. Rows are on the instruction's M
// side and tokens in eights on its N side, so padding tokens cost nothing.
//
// Bytes: the weights once for each 32 tokens. Measured by flover_cuda_products.
#include "epilogue.cuh"
#include "mma.cuh"
#include "pdl.cuh"
#include "product-kernels.h"

namespace flover::cuda {

namespace {

__device__ __forceinline__ uint4 loadOnce(const uint4* p) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p));
  return v;
}

// NT eights of tokens, U instructions' worth of weights in flight while as many are multiplied.
template <typename T, int NT, int U>
__global__ void __launch_bounds__(kParts * 32) fragments(const __grid_constant__ Product p) {
  extern __shared__ float runs[];  // [kParts][NT * 4][32]
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int strips = p.weight.paddedRows / 16, strip = blockIdx.x % strips,
            split = blockIdx.x / strips;
  const int eights = p.layout.tokens / 8, firstEight = blockIdx.y * NT;
  const int units = p.weight.paddedK / kUnit, count = p.weight.splits * kParts;
  const int begin = runStart(split * kParts + warp, count, units) * 4;
  const int end = runStart(split * kParts + warp + 1, count, units) * 4;
  const uint4* w = static_cast<const uint4*>(p.weight.data) +
                   stripUnit(strip, begin / 4, p.weight.paddedK) * 128 + lane;
  // of instruction k from the first on; units of four lie a tile of rows apart
  const auto weights = [&](int k) {
    return loadOnce(w + (static_cast<int64_t>(k / 4) * (kRowTile / 16) * 128 + k % 4 * 32));
  };
  uint4 now[U], next[U];
  float sums[NT][4] = {};
  const int instructions = end - begin;
#pragma unroll
  for (int u = 0; u < U; u++)
    if (u < instructions) now[u] = weights(u);
  letNextStart();
  waitForPrevious();
  const uint2* x = static_cast<const uint2*>(p.x) +
                   (static_cast<int64_t>(begin) * eights + firstEight) * 32 + lane;
  for (int k = 0; k < instructions; k += U) {
#pragma unroll
    for (int u = 0; u < U; u++)
      if (k + U + u < instructions) next[u] = weights(k + U + u);
#pragma unroll
    for (int u = 0; u < U; u++) {
      if (k + u >= instructions) break;
      uint2 b[NT];
#pragma unroll
      for (int n = 0; n < NT; n++)
        b[n] = firstEight + n < eights ? x[(static_cast<int64_t>(k + u) * eights + n) * 32]
                                       : make_uint2(0, 0);
#pragma unroll
      for (int n = 0; n < NT; n++) multiply<T>(sums[n], now[u], b[n]);
    }
#pragma unroll
    for (int u = 0; u < U; u++) now[u] = next[u];
  }
#pragma unroll
  for (int i = 0; i < NT * 4; i++) runs[(warp * NT * 4 + i) * 32 + lane] = sums[i / 4][i % 4];
  __syncthreads();
  auto sum = [&](int i, int l) {
    float s = 0.0f;
#pragma unroll
    for (int r = 0; r < kParts; r++) s += runs[(r * NT * 4 + i) * 32 + l];
    return s;
  };
  // element i of lane l: eight i/4, row l/4 (+8 when i%4 >= 2), token l%4*2 + i%2
  for (int e = threadIdx.x; e < NT * 2 * 32; e += kParts * 32) {
    const int l = e % 32, i = e / 64 * 4 + e / 32 % 2;
    const int token = (firstEight + i / 4) * 8 + l % 4 * 2 + i % 2;
    storePair<T>(p, split, strip * 16 + l / 4, token, sum(i, l), sum(i + 2, l));
  }
}

template <typename T, int NT, int U>
void launch(const Product& p, cudaStream_t stream) {
  const dim3 grid(p.weight.paddedRows / 16 * p.weight.splits, (p.layout.tokens / 8 + NT - 1) / NT);
  launchDependent(fragments<T, NT, U>, grid, dim3(kParts * 32),
                  kParts * NT * 4 * 32 * sizeof(float), stream, p);
}

template <typename T>
void dispatch(const Product& p, cudaStream_t stream) {
  const int eights = p.layout.tokens / 8;
  if (eights == 1) return launch<T, 1, 8>(p, stream);
  if (eights == 2) return launch<T, 2, 4>(p, stream);
  return launch<T, 4, 4>(p, stream);
}

}  // namespace

void productFragments(const Product& p, DataType type, cudaStream_t stream) {
  if (type == DataType::F16) return dispatch<Half>(p, stream);
  dispatch<Bfloat>(p, stream);
}

}  // namespace flover::cuda
