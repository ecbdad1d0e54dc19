// Attention of single tokens. A warp takes 32 (or fewer) keys: groups of lanes hold a key each,
// eight elements a lane; all loads of keys and values are in flight before the first is used. No
// order depends on anything but the position.
#include "attention.h"
#include "pdl.cuh"
#include "types.cuh"

namespace flover::cuda {

namespace {

constexpr unsigned kAll = 0xffffffffu;

template <typename T, int D>
struct Shape {
  static constexpr int lanesPerKey = D / 8;
  static constexpr int keysPerLoad = 32 / lanesPerKey;
  static constexpr int warps = D * sizeof(T) <= 256 ? 8 : 16;
  static constexpr int keysPerWarp = kKeyChunk / warps;
  static constexpr int loads = (keysPerWarp + keysPerLoad - 1) / keysPerLoad;
  static constexpr int threads = warps * 32;
  static constexpr int step = D + 8;  // floats of a part: maximum, sum, padding, weighted values
};

// Without a key there is no maximum. Nor is there one where all scores are NaN, which must stay.
__device__ __forceinline__ float exp2OrZero(float x, float maximum) {
  return exp2f(x - (maximum == -INFINITY ? 0.0f : maximum));
}

// Scores, weights and weighted values of one warp's keys, for G queries that share them.
template <typename T, int D, int G>
__device__ __forceinline__ void warpPart(const Attention& a, const float (*q)[8], int kvHead,
                                         const int* blocks, int first, int length, float* maximum,
                                         float* sum, float (*out)[8]) {
  using S = Shape<T, D>;
  const int lane = threadIdx.x % 32, part = lane % S::lanesPerKey, group = lane / S::lanesPerKey;
  // One lane looks up one key's place, so that the loads do not wait for one another's look-ups.
  int row = 0;
  if (lane < S::keysPerWarp && first + lane < length) {
    const int position = first + lane;
    const int index = a.blockDivider ? __umulhi(position, a.blockDivider) : position;
    row = (blocks[index] * a.kvHeads + kvHead) * a.blockTokens + position - index * a.blockTokens;
  }
  Eight<T> k[S::loads], v[S::loads];
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    const int64_t at =
        static_cast<int64_t>(__shfl_sync(kAll, row, i * S::keysPerLoad + group)) * D + part * 8;
    k[i].load(static_cast<const T*>(a.keys) + at);
    v[i].load(static_cast<const T*>(a.values) + at);
  }
  const int last = min(length, first + S::keysPerWarp);
  float p[G][S::loads];
#pragma unroll
  for (int g = 0; g < G; g++) maximum[g] = -INFINITY;
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    float x[8];
    k[i].unpack(x);
#pragma unroll
    for (int g = 0; g < G; g++) {
      float s = 0.0f;
#pragma unroll
      for (int j = 0; j < 8; j++) s = fmaf(q[g][j], x[j], s);
#pragma unroll
      for (int d = S::lanesPerKey / 2; d > 0; d /= 2) s += __shfl_xor_sync(kAll, s, d);
      p[g][i] = first + i * S::keysPerLoad + group < last ? s * a.scale : -INFINITY;
      maximum[g] = fmaxf(maximum[g], p[g][i]);
    }
  }
#pragma unroll
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int d = 16; d >= S::lanesPerKey; d /= 2)
      maximum[g] = fmaxf(maximum[g], __shfl_xor_sync(kAll, maximum[g], d));
    sum[g] = 0.0f;
#pragma unroll
    for (int i = 0; i < S::loads; i++) {
      p[g][i] = exp2OrZero(p[g][i], maximum[g]);
      sum[g] += p[g][i];
    }
#pragma unroll
    for (int d = 16; d >= S::lanesPerKey; d /= 2) sum[g] += __shfl_xor_sync(kAll, sum[g], d);
#pragma unroll
    for (int j = 0; j < 8; j++) out[g][j] = 0.0f;
  }
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    float x[8];
    v[i].unpack(x);
    const bool present = first + i * S::keysPerLoad + group < last;
#pragma unroll
    for (int g = 0; g < G; g++)
#pragma unroll
      for (int j = 0; j < 8; j++) out[g][j] = present ? fmaf(p[g][i], x[j], out[g][j]) : out[g][j];
  }
#pragma unroll
  for (int g = 0; g < G; g++)
#pragma unroll
    for (int j = 0; j < 8; j++)
#pragma unroll
      for (int d = 16; d >= S::lanesPerKey; d /= 2)
        out[g][j] += __shfl_xor_sync(kAll, out[g][j], d);
}

// Adds `parts` in ascending order: part c has its maximum and sum at [c * step], its weighted
// values behind them.
template <typename Load>
__device__ __forceinline__ float addParts(Load load, int count, int step, int d, float* maximum,
                                          float* sum) {
  float top = -INFINITY, weights = 0.0f, value = 0.0f;
  for (int c = 0; c < count; c++) top = fmaxf(top, load(c * step));
  for (int c = 0; c < count; c++) {
    const float scale = exp2OrZero(load(c * step), top);
    weights += load(c * step + 1) * scale;
    value += load(c * step + 8 + d) * scale;
  }
  *maximum = top;
  *sum = weights;
  return value;
}

template <typename T, int D>
__device__ __forceinline__ void store(const Attention& a, int token, int head, int d, float value) {
  if (d < a.headDim)
    static_cast<T*>(a.x)[a.layout.index(head * a.headDim + d, token)] = fromFloat<T>(value);
}

// Adds the warps' parts of a chunk, in order of the keys.
template <typename T, int D, int G>
__device__ __forceinline__ void joinWarps(const float* warpParts, float* to, int toStride,
                                          int heads) {
  using S = Shape<T, D>;
  for (int i = threadIdx.x; i < heads * D; i += S::threads) {
    const int g = i / D, d = i % D;
    float top, weights;
    const float value = addParts([&](int at) { return warpParts[g * S::warps * S::step + at]; },
                                 S::warps, S::step, d, &top, &weights);
    float* part = to + static_cast<int64_t>(g) * toStride;
    if (d == 0) part[0] = top, part[1] = weights;
    part[8 + d] = value;
  }
}

// One unit: up to kUnitChunks chunks of keys of a token, for G heads; and the whole, where no other
// unit is missing.
template <typename T, int D, int G>
__device__ __forceinline__ void attendUnit(const Attention& a, const int4 unit, int headGroup,
                                           float* shared, int* isLast) {
  using S = Shape<T, D>;
  const int token = unit.x, firstChunk = unit.y & 0xffff, count = unit.y >> 16, length = unit.z;
  const int chunks = (length + kKeyChunk - 1) / kKeyChunk;
  const int perKv = a.heads / a.kvHeads, groups = (perKv + G - 1) / G;
  const int kvHead = headGroup / groups, firstHead = kvHead * perKv + headGroup % groups * G;
  const int heads = min(G, (kvHead + 1) * perKv - firstHead);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int* blocks = a.rowBlocks + static_cast<int64_t>(unit.w) * a.rowBlocksStride;
  const bool whole = count == chunks;
  float* chunkParts = shared + 2 * G * S::warps * S::step;  // [chunk][G]
  float q[G][8], maximum[G], sum[G], out[G][8];
#pragma unroll
  for (int g = 0; g < G; g++) {
    const int head = firstHead + min(g, heads - 1);
    Eight<T> bits;
    bits.load(static_cast<const T*>(a.queries) +
              (static_cast<int64_t>(token) * a.heads + head) * D + lane % S::lanesPerKey * 8);
    bits.unpack(q[g]);
  }
  for (int c = 0; c < count; c++) {
    const int chunk = firstChunk + c;
    warpPart<T, D, G>(a, q, kvHead, blocks, chunk * kKeyChunk + warp * S::keysPerWarp, length,
                      maximum, sum, out);
    float* warpParts = shared + c % 2 * G * S::warps * S::step;
    if (lane < S::lanesPerKey) {
#pragma unroll
      for (int g = 0; g < G; g++) {
        float* mine = warpParts + (g * S::warps + warp) * S::step;
        if (lane == 0) mine[0] = maximum[g], mine[1] = sum[g];
#pragma unroll
        for (int j = 0; j < 8; j++) mine[8 + lane * 8 + j] = out[g][j];
      }
    }
    __syncthreads();
    if (whole) {
      joinWarps<T, D, G>(warpParts, chunkParts + c * G * S::step, S::step, heads);
    } else {
      float* parts =
          a.partials +
          ((static_cast<int64_t>(token) * a.heads + firstHead) * a.maxChunks + chunk) * S::step;
      joinWarps<T, D, G>(warpParts, parts, a.maxChunks * S::step, heads);
    }
  }
  __syncthreads();
  if (!whole) {
    if (threadIdx.x == 0) {
      __threadfence();
      int* counter = a.counters + token * a.heads + firstHead;
      *isLast = atomicAdd(counter, count) + count == chunks;
      if (*isLast) *counter = 0;
      __threadfence();
    }
    __syncthreads();
    if (!*isLast) return;
  }
  for (int i = threadIdx.x; i < heads * D; i += S::threads) {
    const int g = i / D, d = i % D;
    float top, weights, value;
    if (whole) {
      value = addParts([&](int at) { return chunkParts[g * S::step + at]; }, chunks, G * S::step, d,
                       &top, &weights);
    } else {
      const float* parts = a.partials + (static_cast<int64_t>(token) * a.heads + firstHead + g) *
                                            a.maxChunks * S::step;
      // from the second-level cache: the first may hold what other blocks have written over since
      value =
          addParts([&](int at) { return __ldcg(parts + at); }, chunks, S::step, d, &top, &weights);
    }
    store<T, D>(a, token, firstHead + g, d, value / weights);
  }
  __syncthreads();
}

// Brings the keys and values of a unit's first chunk nearer; what the previous kernel still adds to
// them the cache keeps up to date.
template <typename T, int D, int G>
__device__ __forceinline__ void prefetchUnit(const Attention& a, const int4 unit, int headGroup) {
#if __CUDA_ARCH__ >= 900
  const int perKv = a.heads / a.kvHeads, kvHead = headGroup / ((perKv + G - 1) / G);
  const int key = threadIdx.x / 2, position = (unit.y & 0xffff) * kKeyChunk + key;
  if (key >= kKeyChunk || position >= unit.z) return;
  const int* blocks = a.rowBlocks + static_cast<int64_t>(unit.w) * a.rowBlocksStride;
  const int index = a.blockDivider ? __umulhi(position, a.blockDivider) : position;
  const int64_t at = static_cast<int64_t>((blocks[index] * a.kvHeads + kvHead) * a.blockTokens +
                                          position - index * a.blockTokens) *
                     D;
  asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(
                   static_cast<const T*>(threadIdx.x % 2 ? a.values : a.keys) + at),
               "r"(static_cast<int>(D * sizeof(T)))
               : "memory");
#endif
}

template <typename T, int D, int G>
constexpr int sharedFloats() {
  return (2 * Shape<T, D>::warps + kUnitChunks) * G * Shape<T, D>::step;
}

template <typename T, int D, int G>
__global__ void __launch_bounds__(Shape<T, D>::threads, G == 1 && Shape<T, D>::warps == 8 ? 3 : 1)
    tokens(const __grid_constant__ Attention a) {
  extern __shared__ float shared[];
  __shared__ int isLast;
  if (!a.share) letNextStart();
  // The pass was copied before its first kernel: it may be read before the previous kernel ends.
  const int perKv = a.heads / a.kvHeads, groups = a.kvHeads * ((perKv + G - 1) / G);
  const int count = a.header->items * groups;
  const auto unitOf = [&](int i) {
    return __ldg(reinterpret_cast<const int4*>(a.items) + i / groups);
  };
  int i = blockIdx.x;
  // Blocks without work make room; one stays, so that this kernel ends after the previous one.
  if (i >= count && i > 0) return;
  int4 unit = i < count ? unitOf(i) : make_int4(0, 0, 0, 0);
  if (i < count) prefetchUnit<T, D, G>(a, unit, i % groups);
  waitForPrevious();
  // Two units of a block follow from its place, so that the next is always known early; the rest go
  // to whoever is done, because not all multiprocessors get the same share of the memory.
  __shared__ int ticket[2];
  int next = i + gridDim.x;
  for (int round = 0; i < count; round ^= 1) {
    const int4 following = next < count ? unitOf(next) : unit;
    if (threadIdx.x == 0 && next < count) ticket[round] = 2 * gridDim.x + atomicAdd(a.tickets, 1);
    attendUnit<T, D, G>(a, unit, i % groups, shared, &isLast);
    i = next, unit = following;
    if (next < count) next = ticket[round];
  }
  // The next kernel's blocks would take more than this one's share.
  if (a.share) letNextStart();
}

template <typename T, int D, int G>
void launchFor(const Attention& a, int blocks, cudaStream_t stream) {
  launchDependent(tokens<T, D, G>, dim3(blocks), dim3(Shape<T, D>::threads),
                  sharedFloats<T, D, G>() * sizeof(float), stream, a);
}

template <typename T, int D>
void launch(const Attention& a, int blocks, cudaStream_t stream) {
  if constexpr (D > 128)
    return launchFor<T, D, 1>(a, blocks, stream);
  else
    a.heads == a.kvHeads ? launchFor<T, D, 1>(a, blocks, stream)
                         : launchFor<T, D, 4>(a, blocks, stream);
}

template <typename T>
void dispatch(const Attention& a, int blocks, cudaStream_t stream) {
  switch (a.stride) {
    case 16:
      return launch<T, 16>(a, blocks, stream);
    case 32:
      return launch<T, 32>(a, blocks, stream);
    case 64:
      return launch<T, 64>(a, blocks, stream);
    case 128:
      return launch<T, 128>(a, blocks, stream);
    default:
      return launch<T, 256>(a, blocks, stream);
  }
}

template <typename T, int D, int G>
void allow() {
  if (sharedFloats<T, D, G>() * sizeof(float) <= 48 << 10) return;
  FLOVER_CUDA(cudaFuncSetAttribute(tokens<T, D, G>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   sharedFloats<T, D, G>() * 4));
}

}  // namespace

void prepareAttentionTokens() {
  allow<Half, 128, 4>(), allow<Bfloat, 128, 4>(), allow<float, 128, 4>(), allow<float, 64, 4>();
}

int headStride(int headDim) {
  int stride = 16;
  while (stride < headDim) stride *= 2;
  return stride;
}

void attendTokens(const Attention& a, DataType type, int blocks, cudaStream_t stream) {
  if (type == DataType::F32) return dispatch<float>(a, blocks, stream);
  if (type == DataType::F16) return dispatch<Half>(a, blocks, stream);
  dispatch<Bfloat>(a, blocks, stream);
}

}  // namespace flover::cuda
