// Weight products of prompts on Hopper: blocks of 128 rows times 256 tokens, because what bounds
// tiles of 128 tokens is the way from the second-level cache to the multiprocessors.
//
// Shapes, layouts and sums as in product-tiles.cu: a sum is the chain that every other tile of the
// product makes, the same bits. Shared memory: two rings (wide.cuh), of 4 stages of weights and 8
// of tokens. One thread copies weights and another tokens, each ahead as far as its own ring goes;
// two warpgroups multiply, a strip a warp, the same fragments of weights with one token tile and
// then the other.
//
// Bytes: weights once for each 256 tokens, tokens once for each 128 rows. Measured by
// flover_cuda_products.
#include <algorithm>

#include "epilogue.cuh"
#include "pdl.cuh"
#include "product-kernels.h"
#include "wgmma.cuh"
#include "wide.cuh"

namespace flover::cuda {

namespace {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

__device__ __forceinline__ void copyWeights(const Product& p, const WideWork& work,
                                            const PieceRing& ring) {
  PieceCopies<kWeightStages> copies(ring);
  for (int index = blockIdx.x; index < work.count(); index += gridDim.x) {
    const WideRange r(p, work, index);
    const char* from = static_cast<const char*>(p.weight.data) +
                       stripUnit(r.firstStrip, r.firstUnit, p.weight.paddedK) * kStripBytes;
    for (int i = 0; i < r.units; i++, from += kPieceBytes) copies.copy(from);
  }
}

__device__ __forceinline__ void copyTokens(const Product& p, const WideWork& work,
                                           const PieceRing& ring) {
  PieceCopies<kTokenStages> copies(ring);
  const int64_t tileBytes = static_cast<int64_t>(p.weight.paddedK) * kTileTokens * 2;
  // Where others share the device, the next kernel's blocks would take more than this one's share.
  if (!p.beside) letNextStart();
  waitForPrevious();
  for (int index = blockIdx.x; index < work.count(); index += gridDim.x) {
    const WideRange r(p, work, index);
    const char* from = static_cast<const char*>(p.x) + r.firstTile * tileBytes +
                       static_cast<int64_t>(r.firstUnit) * kPieceBytes;
    for (int i = 0; i < r.units; i++, from += kPieceBytes) {
      copies.copy(from);
      if (r.pair) copies.copy(from + tileBytes);
    }
  }
  if (p.beside) letNextStart();
}

template <typename T>
struct WideConsumer {
  static constexpr int kSums = kTileTokens / 2;  // of a lane and a token tile
  const Product& p;
  const uint8_t* shared;
  const PieceRing &weights, &tokens;
  PiecePlace<kWeightStages> loading, loaded;  // loaded: the first that is not given back
  PiecePlace<kTokenStages> multiplying, ending;

  __device__ __forceinline__ void load(uint4* a) {
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    barrierWait(weights.full(loading.stage), loading.parity);
    const uint8_t* from = shared + loading.stage * kPieceBytes + warp * kStripBytes + lane * 16;
#pragma unroll
    for (int k = 0; k < 4; k++) a[k] = *reinterpret_cast<const uint4*>(from + k * 512);
    loading.advance();
  }
  // Gives back what the oldest product that is not ended has read: its tokens, and where it was
  // the first to read its weights (`fresh`) those, whose loads are over as it had them in
  // registers.
  __device__ __forceinline__ void end(bool fresh) {
    if (threadIdx.x % 32 == 0) {
      barrierArrive(tokens.empty(ending.stage));
      if (fresh) barrierArrive(weights.empty(loaded.stage));
    }
    ending.advance();
    if (fresh) loaded.advance();
  }
  // Queues a unit's product with one token tile, and waits for the one before.
  __device__ __forceinline__ void queue(float (&sums)[kSums], const uint4* a, bool accumulate) {
    barrierWait(tokens.full(multiplying.stage), multiplying.parity);
    const uint32_t x = tokens.piece(multiplying.stage);
    pin(sums);
    warpgroupArrive();
#pragma unroll
    for (int k = 0; k < 4; k++)
      WarpgroupProduct<T, kTileTokens>::run(
          sums, a[k], tileDescriptor(x + k * 2 * kTileTokens * 16, kTileTokens * 16),
          k > 0 || accumulate);
    warpgroupCommit();
    multiplying.advance();
    warpgroupWait<1>();
  }
  // Unit `i` with H token tiles; `next` is loaded as soon as nothing reads it any more.
  template <int H>
  __device__ __forceinline__ void multiply(float (*sums)[kSums], const uint4* a, uint4* next, int i,
                                           int units) {
    queue(sums[0], a, i > 0);
    if (i > 0) end(H == 1);
    pin(sums[0]);
    if (i + 1 < units) load(next);
    if constexpr (H == 2) {
      queue(sums[1], a, i > 0);
      end(true);
      pin(sums[1]);
    }
  }
  template <int H>
  __device__ __forceinline__ void tile(const WideRange& r) {
    float sums[H][kSums];
#pragma unroll
    for (int h = 0; h < H; h++)
#pragma unroll
      for (int j = 0; j < kSums; j++) sums[h][j] = 0.0f;
    if (r.units > 0) {
      uint4 a[4], b[4];
      load(a);
      int i = 0;
      for (; i + 1 < r.units; i += 2) {
        multiply<H>(sums, a, b, i, r.units);
        multiply<H>(sums, b, a, i + 1, r.units);
      }
      if (i < r.units) multiply<H>(sums, a, b, i, r.units);
      warpgroupWait<0>();
#pragma unroll
      for (int h = 0; h < H; h++) pin(sums[h]);
      end(H == 1);
    }
    waitForPrevious();
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
#pragma unroll
    for (int h = 0; h < H; h++)
      storeTile<T, kTileTokens>(p, r.split, (r.firstStrip + warp) * kStripRows + lane / 4,
                                (r.firstTile + h) * kTileTokens + lane % 4 * 2, sums[h]);
  }
};

#endif

template <typename T>
__global__ void __launch_bounds__(kGroups * 128 + 128, 1)
    wideTiles(const __grid_constant__ Product p, WideWork work) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ __align__(128) uint8_t shared[];
  const uint32_t base = sharedAddress(shared);
  const uint32_t barriers = base + (kWeightStages + kTokenStages) * kPieceBytes;
  const PieceRing weights{base, barriers, kWeightStages};
  const PieceRing tokens{base + kWeightStages * kPieceBytes,
                         barriers + kWeightStages * kStageBarrierBytes, kTokenStages};
  if (threadIdx.x == 0) {
    weights.init();
    tokens.init();
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  }
  __syncthreads();
  if (threadIdx.x >= kGroups * 128) {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    if (threadIdx.x == kGroups * 128) copyWeights(p, work, weights);
    if (threadIdx.x == kGroups * 128 + 32) copyTokens(p, work, tokens);
  } else {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    WideConsumer<T> consumer{p, shared, weights, tokens, {}, {}, {}, {}};
    for (int index = blockIdx.x; index < work.count(); index += gridDim.x) {
      const WideRange r(p, work, index);
      if (r.pair)
        consumer.template tile<2>(r);
      else
        consumer.template tile<1>(r);
    }
  }
#endif
}

template <typename T>
void launchWide(const Product& p, cudaStream_t stream) {
  const Weight& w = p.weight;
  const WideWork work =
      wideWork(p.layout.tokens / kTileTokens, w.paddedRows / kRowTile, w.splits, p.multiprocessors);
  const int blocks = std::min(work.count(), p.multiprocessors);
  launchDependent(wideTiles<T>, dim3(blocks), dim3(kGroups * 128 + 128), kSharedBytes, stream, p,
                  work);
}

template <typename T>
void prepareWide() {
  FLOVER_CUDA(cudaFuncSetAttribute(wideTiles<T>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   kSharedBytes));
}

}  // namespace

void productWide(const Product& p, DataType type, cudaStream_t stream) {
  return type == DataType::F16 ? launchWide<Half>(p, stream) : launchWide<Bfloat>(p, stream);
}

void prepareProductWide() { prepareWide<Half>(), prepareWide<Bfloat>(); }

}  // namespace flover::cuda
