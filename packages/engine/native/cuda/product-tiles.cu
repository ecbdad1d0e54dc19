// Weight products on Hopper, for any number of tokens: out[rows x tokens] = W[rows x K] x[K x
// tokens] by wgmma, 16-bit W and x, fp32 sums. A block makes tiles of up to 128 rows times N tokens
// (8 to 128) of one split of K, and goes on with another tile where there are more tiles than
// blocks.
//
// W: fragmentIndex of layout.cuh, 128 rows x 64 k in one run of memory. x: Order::Tiles. Out: the
// epilogue's (epilogue.cuh). Shared memory: a ring of stages of 64 k, a stage [strips of 16 rows]
// [64 k] of W and [64 k][N] of x. One thread fills it, in as few runs of memory as there are,
// because every copy takes that thread some 100 cycles; two warpgroups empty it, a strip a warp (A
// fragments by way of registers). A sum is one chain over the units of its split, in ascending k,
// whatever N: so a token has the same bits at every number of tokens, decoded or prefilled.
//
// Bytes: weights once for each tile of N tokens, tokens once for each tile of rows. Measured by
// flover_cuda_products.
#include <algorithm>

#include "epilogue.cuh"
#include "pdl.cuh"
#include "product-kernels.h"
#include "tiles.cuh"
#include "wgmma.cuh"

namespace flover::cuda {

namespace {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

template <int N>
__device__ __forceinline__ void produce(const Product& p, const Tiles<N>& tiles, const Ring& ring) {
  using Shape = TileShape<N>;
  const uint64_t policy = evictFirst();
  WeightRuns weights;
  const char* x;
  TileRange r;
  const auto enter = [&](int index) {
    r = tiles.range(p, index);
    weights = WeightRuns(p.weight, r);
    x = static_cast<const char*>(p.x) + static_cast<int64_t>(r.firstToken) * p.weight.paddedK * 2 +
        static_cast<int64_t>(r.firstUnit) * Shape::tokenBytes;
  };
  const auto copyWeights = [&](int stage) {
    const uint32_t to = ring.weights(stage), full = ring.full(stage);
    barrierExpect(full, weights.firstBytes + weights.secondBytes + Shape::tokenBytes);
    // Blocks that share weights do not ask for them at once: they stay for those that come later.
    if (Shape::wide && tiles.tokenTiles > 1) {
      bulkCopy(to, weights.first, weights.firstBytes, full);
    } else {
      bulkCopyOnce(to, weights.first, weights.firstBytes, full, policy);
      if (weights.secondBytes)
        bulkCopyOnce(to + weights.firstBytes, weights.second, weights.secondBytes, full, policy);
    }
    weights.advance();
  };
  const auto copyTokens = [&](int stage) {
    bulkCopy(ring.tokens(stage), x, Shape::tokenBytes, ring.full(stage));
    x += Shape::tokenBytes;
  };
  int index = blockIdx.x;
  enter(index);
  const int early = min(ring.shape.stages, r.units);
  for (int i = 0; i < early; i++) copyWeights(i);
  // Where others share the device, the next kernel's blocks would take more than this one's share.
  if (!p.beside) letNextStart();
  waitForPrevious();
  RingPlace at(ring);
  for (int i = 0; i < early; i++) copyTokens(i), at.advance();
  bool fresh = early < ring.shape.stages;  // the first round of the ring waits for nobody
  int i = early;
  for (;;) {
    for (; i < r.units; i++) {
      if (!fresh) barrierWait(ring.empty(at.stage), at.parity ^ 1);
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
  if (p.beside) letNextStart();
}

template <typename T, int N>
__device__ __forceinline__ void consume(const Product& p, const Tiles<N>& tiles,
                                        const uint8_t* shared, const Ring& ring) {
  using Shape = TileShape<N>;
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  bool mine = false;  // whether the tile has a strip for this warp
  float sums[N / 2];
  RingPlace loading(ring), multiplying(ring), ending(ring);
  const auto load = [&](uint4* a) {
    barrierWait(ring.full(loading.stage), loading.parity);
    const uint8_t* from =
        shared + loading.stage * ring.shape.weightBytes + warp * kStripBytes + lane * 16;
#pragma unroll
    for (int k = 0; k < 4; k++)
      a[k] = mine ? *reinterpret_cast<const uint4*>(from + k * 512) : uint4{};
    loading.advance();
  };
  const auto end = [&] {
    if (lane == 0) barrierArrive(ring.empty(ending.stage));
    ending.advance();
  };
  const auto multiply = [&](const uint4* a, uint4* next, int i, int units) {
    const uint32_t x = ring.tokens(multiplying.stage);
    pin(sums);
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
    pin(sums);
  };
  for (int index = blockIdx.x; index < tiles.count; index += gridDim.x) {
    const TileRange r = tiles.range(p, index);
    mine = Shape::wide || warp < r.strips;
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
      pin(sums);
      if (r.units > 0) end();
    }
    waitForPrevious();
    if (mine)
      storeTile<T, N>(p, r.split, (r.firstStrip + warp) * kStripRows + lane / 4,
                      r.firstToken + lane % 4 * 2, sums);
  }
}

#endif

template <typename T, int N>
__global__ void __launch_bounds__(TileShape<N>::threads, 1)
    tiles(const __grid_constant__ Product p, int rowTiles, RingShape shape) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ __align__(128) uint8_t shared[];
  using Shape = TileShape<N>;
  const Ring ring{Shape::wide ? Shape::ring : shape, sharedAddress(shared)};
  if (threadIdx.x == 0) ring.init(kMostStrips);
  __syncthreads();
  const Tiles<N> all(p, rowTiles);
  if (threadIdx.x >= kGroups * 128) {
    if (Shape::wide) asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    if (threadIdx.x == kGroups * 128) produce<N>(p, all, ring);
  } else {
    if (Shape::wide) asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    consume<T, N>(p, all, shared, ring);
  }
#endif
}

template <typename T, int N>
void launch(const Product& p, cudaStream_t stream) {
  const bool wide = TileShape<N>::wide;
  const Weight& w = p.weight;
  const int width =
      wide ? p.multiprocessors : keptTo(w.paddedRows, w.splits, p.multiprocessors, p.spare);
  const Division division =
      wide ? storedTiles(w.paddedRows) : evenTiles(w.paddedRows, w.splits, width);
  const RingShape ring =
      ringShape(kRingBytes, division.strips * kStripBytes, TileShape<N>::tokenBytes);
  int blocks = division.rowTiles * w.splits * (p.layout.tokens / N);
  if (!wide || p.beside) blocks = std::min(blocks, width);
  launchDependent(tiles<T, N>, dim3(blocks), dim3(TileShape<N>::threads), kSharedBytes, stream, p,
                  division.rowTiles, ring);
}

template <typename T, int N>
void prepare() {
  FLOVER_CUDA(
      cudaFuncSetAttribute(tiles<T, N>, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedBytes));
}

#define FLOVER_TILE_TOKENS(X) X(8) X(16) X(32) X(64) X(128)

}  // namespace

void productTiles(const Product& p, DataType type, cudaStream_t stream) {
  switch (p.layout.tile) {
#define FLOVER_CASE(N) \
  case N:              \
    return type == DataType::F16 ? launch<Half, N>(p, stream) : launch<Bfloat, N>(p, stream);
    FLOVER_TILE_TOKENS(FLOVER_CASE)
#undef FLOVER_CASE
  }
}

bool hasProductTiles() {
  cudaFuncAttributes attributes;
  FLOVER_CUDA(cudaFuncGetAttributes(&attributes, tiles<Half, 8>));
  return attributes.ptxVersion >= 90;
}

void prepareProductTiles() {
#define FLOVER_CASE(N) prepare<Half, N>(), prepare<Bfloat, N>();
  FLOVER_TILE_TOKENS(FLOVER_CASE)
#undef FLOVER_CASE
}

}  // namespace flover::cuda
