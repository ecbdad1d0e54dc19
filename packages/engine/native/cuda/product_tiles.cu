// Weight products on Hopper, for any number of tokens. A block makes kGroups x 64 rows times N
// tokens of one split of K: one warp copies weights [kGroups x 4 strips][64 k] and activations [64
// k][N] through a ring of shared memory, warpgroups multiply (wgmma, A fragments from shared memory
// through registers). A sum is one chain over the units of its split, in ascending k, whatever N:
// so a token has the same bits at every number of tokens, decoded or prefilled. Bytes: weights once
// for each tile of N tokens.
#include "barrier.cuh"
#include "epilogue.cuh"
#include "pdl.cuh"
#include "product_kernels.h"
#include "wgmma.cuh"

namespace flover::cuda {

namespace {

constexpr int kStripBytes = 16 * kUnit * 2;

template <int N, int kGroups, int kStages>
struct TileShape {
  // Wide tiles need more registers than an even share: the copying warpgroup gives its own away.
  static constexpr bool wide = N >= 128;
  static constexpr int threads = kGroups * 128 + (wide ? 128 : 32);
  static constexpr int weightBytes = kGroups * 4 * kStripBytes;
  static constexpr int tokenBytes = N * kUnit * 2;
  static constexpr int sharedBytes = kStages * (weightBytes + tokenBytes + 16) + 128;
};

struct TileRange {
  int firstStrip, split, firstToken, firstUnit, units;
};

// Blocks that share weights stand side by side, so that the weights come from memory once.
template <int kGroups>
__device__ __forceinline__ TileRange tileRange(const Product& p, int tokensPerTile) {
  const int tokenTiles = p.layout.tokens / tokensPerTile;
  const int rowTiles = p.weight.paddedRows / (kGroups * 64);
  const int tile = blockIdx.x / tokenTiles;
  TileRange r;
  r.firstToken = blockIdx.x % tokenTiles * tokensPerTile;
  r.firstStrip = tile % rowTiles * kGroups * 4;
  r.split = tile / rowTiles;
  const int units = p.weight.paddedK / kUnit;
  r.firstUnit = runStart(r.split, p.weight.splits, units);
  r.units = runStart(r.split + 1, p.weight.splits, units) - r.firstUnit;
  return r;
}

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

template <int N, int kGroups, int kStages>
__device__ __forceinline__ void produce(const Product& p, const TileRange& r, uint32_t ring,
                                        uint32_t full) {
  using Shape = TileShape<N, kGroups, kStages>;
  const uint32_t empty = full + kStages * 8, tokens = ring + kStages * Shape::weightBytes;
  const uint64_t policy = evictFirst();
  const auto* weights = static_cast<const char*>(p.weight.data);
  const auto* x = static_cast<const char*>(p.x);
  const int64_t stripStride = static_cast<int64_t>(p.weight.paddedK) * 32;
  const int tokenStride = p.layout.tokens * 16;  // bytes between groups of eight k
  auto copyWeights = [&](int i) {
    const int stage = i % kStages;
    barrierExpect(full + stage * 8, Shape::weightBytes + Shape::tokenBytes);
#pragma unroll
    for (int s = 0; s < kGroups * 4; s++) {
      bulkCopyOnce(ring + stage * Shape::weightBytes + s * kStripBytes,
                   weights + (r.firstStrip + s) * stripStride +
                       static_cast<int64_t>(r.firstUnit + i) * kStripBytes,
                   kStripBytes, full + stage * 8, policy);
    }
  };
  auto copyTokens = [&](int i) {
    const int stage = i % kStages;
    const uint32_t to = tokens + stage * Shape::tokenBytes;
    const char* from =
        x + static_cast<int64_t>(r.firstUnit + i) * 8 * tokenStride + r.firstToken * 16;
    if (tokenStride == N * 16) return bulkCopy(to, from, Shape::tokenBytes, full + stage * 8);
#pragma unroll
    for (int g = 0; g < 8; g++)
      bulkCopy(to + g * N * 16, from + g * tokenStride, N * 16, full + stage * 8);
  };
  const int early = min(kStages, r.units);
  for (int i = 0; i < early; i++) copyWeights(i);
  letNextStart();
  waitForPrevious();
  for (int i = 0; i < early; i++) copyTokens(i);
  for (int i = early; i < r.units; i++) {
    barrierWait(empty + i % kStages * 8, (i / kStages - 1) & 1);
    copyWeights(i);
    copyTokens(i);
  }
}

template <typename T, int N, int kGroups, int kStages>
__device__ __forceinline__ void consume(const Product& p, const TileRange& r, const uint8_t* shared,
                                        uint32_t ring, uint32_t full) {
  using Shape = TileShape<N, kGroups, kStages>;
  const uint32_t empty = full + kStages * 8, tokens = ring + kStages * Shape::weightBytes;
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  float sums[N / 2];
  auto load = [&](uint4* a, int i) {
    barrierWait(full + i % kStages * 8, (i / kStages) & 1);
    const uint8_t* from =
        shared + i % kStages * Shape::weightBytes + warp * kStripBytes + lane * 16;
#pragma unroll
    for (int k = 0; k < 4; k++) a[k] = *reinterpret_cast<const uint4*>(from + k * 512);
  };
  auto multiply = [&](const uint4* a, uint4* next, int i) {
    const uint32_t x = tokens + i % kStages * Shape::tokenBytes;
#pragma unroll
    for (int j = 0; j < N / 2; j++) pin(sums[j]);
    warpgroupArrive();
#pragma unroll
    for (int k = 0; k < 4; k++) {
      WarpgroupProduct<T, N>::run(sums, a[k], tileDescriptor(x + k * 2 * N * 16, N * 16),
                                  k > 0 || i > 0);
    }
    warpgroupCommit();
    if (i + 1 < r.units) load(next, i + 1);
    warpgroupWait();
#pragma unroll
    for (int j = 0; j < N / 2; j++) pin(sums[j]);
    if (lane == 0) barrierArrive(empty + i % kStages * 8);
  };
#pragma unroll
  for (int j = 0; j < N / 2; j++) sums[j] = 0.0f;
  uint4 a[4], b[4];
  if (r.units > 0) load(a, 0);
  for (int i = 0; i < r.units; i += 2) {
    multiply(a, b, i);
    if (i + 1 < r.units) multiply(b, a, i + 1);
  }
  waitForPrevious();
  storeTile<T, N>(p, r.split, (r.firstStrip + warp) * 16 + lane / 4, r.firstToken + lane % 4 * 2,
                  sums);
}

#endif

template <typename T, int N, int kGroups, int kStages>
__global__ void __launch_bounds__(TileShape<N, kGroups, kStages>::threads, 1)
    tiles(const __grid_constant__ Product p) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ __align__(128) uint8_t shared[];
  using Shape = TileShape<N, kGroups, kStages>;
  const uint32_t ring = sharedAddress(shared);
  const uint32_t full = ring + kStages * (Shape::weightBytes + Shape::tokenBytes);
  if (threadIdx.x == 0) {
    for (int s = 0; s < kStages; s++) {
      barrierInit(full + s * 8, 1);
      barrierInit(full + (kStages + s) * 8, kGroups * 4);
    }
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  }
  __syncthreads();
  const TileRange r = tileRange<kGroups>(p, N);
  if (threadIdx.x >= kGroups * 128) {
    if (Shape::wide) asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    if (threadIdx.x == kGroups * 128) produce<N, kGroups, kStages>(p, r, ring, full);
  } else {
    if (Shape::wide) asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    consume<T, N, kGroups, kStages>(p, r, shared, ring, full);
  }
#endif
}

template <typename T, int N, int kGroups, int kStages>
void launch(const Product& p, cudaStream_t stream) {
  const int blocks = p.weight.paddedRows / (kGroups * 64) * p.weight.splits * (p.layout.tokens / N);
  launchDependent(tiles<T, N, kGroups, kStages>, dim3(blocks),
                  dim3(TileShape<N, kGroups, kStages>::threads),
                  TileShape<N, kGroups, kStages>::sharedBytes, stream, p);
}

template <typename T, int N, int kGroups, int kStages>
void prepare() {
  FLOVER_CUDA(cudaFuncSetAttribute(tiles<T, N, kGroups, kStages>,
                                   cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   TileShape<N, kGroups, kStages>::sharedBytes));
}

// Shapes of the tiles: N tokens, warpgroups, stages.
#define FLOVER_TILE_SHAPES(X) \
  X(8, 2, 11) X(16, 2, 10) X(32, 2, 9) X(64, 1, 6) X(128, 2, 6) X(256, 2, 4)

}  // namespace

void productTiles(const Product& p, DataType type, int tileTokens, cudaStream_t stream) {
  switch (tileTokens) {
#define FLOVER_CASE(N, G, S)                                        \
  case N:                                                           \
    return type == DataType::F16 ? launch<Half, N, G, S>(p, stream) \
                                 : launch<Bfloat, N, G, S>(p, stream);
    FLOVER_TILE_SHAPES(FLOVER_CASE)
#undef FLOVER_CASE
  }
}

bool hasProductTiles() {
  cudaFuncAttributes attributes;
  FLOVER_CUDA(cudaFuncGetAttributes(&attributes, tiles<Half, 8, 2, 11>));
  return attributes.ptxVersion >= 90;
}

void prepareProductTiles() {
#define FLOVER_CASE(N, G, S) \
  prepare<Half, N, G, S>();  \
  prepare<Bfloat, N, G, S>();
  FLOVER_TILE_SHAPES(FLOVER_CASE)
#undef FLOVER_CASE
}

}  // namespace flover::cuda
