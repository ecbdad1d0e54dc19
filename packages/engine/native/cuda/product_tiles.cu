// Weight products on Hopper, for any number of tokens. A block makes kGroups x 64 rows times N
// tokens of one split of K: one thread copies weights [kGroups x 4 strips][64 k] and activations
// [64 k][N] through a ring of shared memory, a run of memory each, because every copy takes that
// thread some 100 cycles; warpgroups multiply (wgmma, A fragments from shared memory through
// registers). A block goes on with another tile where there are more tiles than blocks. A sum is
// one chain over the units of its split, in ascending k, whatever N: so a token has the same bits
// at every number of tokens, decoded or prefilled. Bytes: weights once for each tile of N tokens.
#include <algorithm>

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

// Tiles that share weights stand side by side, so that the weights come from memory once.
template <int N, int kGroups>
struct Tiles {
  int tokenTiles, rowTiles, count;
  __device__ __forceinline__ explicit Tiles(const Product& p)
      : tokenTiles(p.layout.tokens / N),
        rowTiles(p.weight.paddedRows / (kGroups * 64)),
        count(tokenTiles * rowTiles * p.weight.splits) {}
  __device__ __forceinline__ TileRange range(const Product& p, int index) const {
    const int tile = index / tokenTiles;
    TileRange r;
    r.firstToken = index % tokenTiles * N;
    r.firstStrip = tile % rowTiles * kGroups * 4;
    r.split = tile / rowTiles;
    const int units = p.weight.paddedK / kUnit;
    r.firstUnit = runStart(r.split, p.weight.splits, units);
    r.units = runStart(r.split + 1, p.weight.splits, units) - r.firstUnit;
    return r;
  }
};

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

// A place in the ring of stages, counted on over all tiles of a block.
template <int kStages>
struct RingPlace {
  int stage = 0;
  uint32_t parity = 0;  // of the round
  __device__ __forceinline__ void advance() {
    if (++stage == kStages) stage = 0, parity ^= 1;
  }
};

template <int N, int kGroups, int kStages>
__device__ __forceinline__ void produce(const Product& p, const Tiles<N, kGroups>& tiles,
                                        uint32_t ring, uint32_t full) {
  using Shape = TileShape<N, kGroups, kStages>;
  const uint32_t empty = full + kStages * 8, tokens = ring + kStages * Shape::weightBytes;
  const uint64_t policy = evictFirst();
  constexpr int64_t weightStep = kRowTile / 16 * kStripBytes;  // from unit to unit
  const char *weights, *x;
  TileRange r;
  const auto enter = [&](int index) {
    r = tiles.range(p, index);
    weights = static_cast<const char*>(p.weight.data) +
              stripUnit(r.firstStrip, r.firstUnit, p.weight.paddedK) * kStripBytes;
    x = static_cast<const char*>(p.x) + static_cast<int64_t>(r.firstToken) * p.weight.paddedK * 2 +
        static_cast<int64_t>(r.firstUnit) * Shape::tokenBytes;
  };
  const auto copyWeights = [&](int stage) {
    barrierExpect(full + stage * 8, Shape::weightBytes + Shape::tokenBytes);
    const uint32_t to = ring + stage * Shape::weightBytes;
    // Blocks that share weights do not ask for them at once: they stay for those that come later.
    if (Shape::wide && tiles.tokenTiles > 1) {
      bulkCopy(to, weights, Shape::weightBytes, full + stage * 8);
    } else {
      bulkCopyOnce(to, weights, Shape::weightBytes, full + stage * 8, policy);
    }
    weights += weightStep;
  };
  const auto copyTokens = [&](int stage) {
    bulkCopy(tokens + stage * Shape::tokenBytes, x, Shape::tokenBytes, full + stage * 8);
    x += Shape::tokenBytes;
  };
  int index = blockIdx.x;
  enter(index);
  const int early = min(kStages, r.units);
  for (int i = 0; i < early; i++) copyWeights(i);
  // Where others share the device, the next kernel's blocks would take more than this one's share.
  if (!p.share) letNextStart();
  waitForPrevious();
  RingPlace<kStages> at;
  for (int i = 0; i < early; i++) copyTokens(i), at.advance();
  bool fresh = early < kStages;  // the first round of the ring waits for nobody
  int i = early;
  for (;;) {
    for (; i < r.units; i++) {
      if (!fresh) barrierWait(empty + at.stage * 8, at.parity ^ 1);
      copyWeights(at.stage);
      copyTokens(at.stage);
      at.advance();
      fresh = fresh && at.stage > 0;
    }
    index += gridDim.x;
    if (index >= tiles.count) break;
    enter(index);
    i = 0;
  }
  if (p.share) letNextStart();
}

template <typename T, int N, int kGroups, int kStages>
__device__ __forceinline__ void consume(const Product& p, const Tiles<N, kGroups>& tiles,
                                        const uint8_t* shared, uint32_t ring, uint32_t full) {
  using Shape = TileShape<N, kGroups, kStages>;
  const uint32_t empty = full + kStages * 8, tokens = ring + kStages * Shape::weightBytes;
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  float sums[N / 2];
  RingPlace<kStages> loading, multiplying, ending;
  const auto load = [&](uint4* a) {
    barrierWait(full + loading.stage * 8, loading.parity);
    const uint8_t* from =
        shared + loading.stage * Shape::weightBytes + warp * kStripBytes + lane * 16;
#pragma unroll
    for (int k = 0; k < 4; k++) a[k] = *reinterpret_cast<const uint4*>(from + k * 512);
    loading.advance();
  };
  const auto end = [&] {
    if (lane == 0) barrierArrive(empty + ending.stage * 8);
    ending.advance();
  };
  const auto multiply = [&](const uint4* a, uint4* next, int i, int units) {
    const uint32_t x = tokens + multiplying.stage * Shape::tokenBytes;
#pragma unroll
    for (int j = 0; j < N / 2; j++) pin(sums[j]);
    warpgroupArrive();
#pragma unroll
    for (int k = 0; k < 4; k++) {
      WarpgroupProduct<T, N>::run(sums, a[k], tileDescriptor(x + k * 2 * N * 16, N * 16),
                                  k > 0 || i > 0);
    }
    warpgroupCommit();
    multiplying.advance();
    if constexpr (Shape::wide) {
      // This unit is queued before the last one ends, so that the matrix unit never waits.
      warpgroupWait<1>();
      if (i > 0) end();
      if (i + 1 < units) load(next);
    } else {
      if (i + 1 < units) load(next);
      warpgroupWait<0>();
      end();
    }
#pragma unroll
    for (int j = 0; j < N / 2; j++) pin(sums[j]);
  };
  for (int index = blockIdx.x; index < tiles.count; index += gridDim.x) {
    const TileRange r = tiles.range(p, index);
#pragma unroll
    for (int j = 0; j < N / 2; j++) sums[j] = 0.0f;
    uint4 a[4], b[4];
    if (r.units > 0) load(a);
    int i = 0;
    for (; i + 1 < r.units; i += 2) {
      multiply(a, b, i, r.units);
      multiply(b, a, i + 1, r.units);
    }
    if (i < r.units) multiply(a, b, i, r.units);
    if constexpr (Shape::wide) {
      warpgroupWait<0>();
#pragma unroll
      for (int j = 0; j < N / 2; j++) pin(sums[j]);
      if (r.units > 0) end();
    }
    waitForPrevious();
    storeTile<T, N>(p, r.split, (r.firstStrip + warp) * 16 + lane / 4, r.firstToken + lane % 4 * 2,
                    sums);
  }
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
  const Tiles<N, kGroups> all(p);
  if (threadIdx.x >= kGroups * 128) {
    if (Shape::wide) asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    if (threadIdx.x == kGroups * 128) produce<N, kGroups, kStages>(p, all, ring, full);
  } else {
    if (Shape::wide) asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    consume<T, N, kGroups, kStages>(p, all, shared, ring, full);
  }
#endif
}

template <typename T, int N, int kGroups, int kStages>
void launch(const Product& p, cudaStream_t stream) {
  int blocks = p.weight.paddedRows / (kGroups * 64) * p.weight.splits * (p.layout.tokens / N);
  if (p.share) blocks = std::min(blocks, p.share);
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
#define FLOVER_TILE_SHAPES(X) X(8, 2, 11) X(16, 2, 10) X(32, 2, 9) X(64, 2, 8) X(128, 2, 6)

}  // namespace

void productTiles(const Product& p, DataType type, cudaStream_t stream) {
  switch (p.layout.tile) {
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
