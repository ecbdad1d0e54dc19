// Attention of single tokens. A warp takes 32 (or fewer) keys: groups of lanes hold a key each, eight elements a lane;
// all loads of keys and values are in flight before the first is used. No order depends on anything but the position.
#include "attention.h"
#include "pdl.cuh"
#include "types.cuh"

namespace flover::cuda {

namespace {

constexpr unsigned kAll = 0xffffffffu;

template <typename T, int D> struct Shape {
  static constexpr int lanesPerKey = D / 8;
  static constexpr int keysPerLoad = 32 / lanesPerKey;
  // at most 16 loads of 16 bytes a lane for the keys of a warp
  static constexpr int warps = D * static_cast<int>(sizeof(T)) <= 256 ? 4 : D * sizeof(T) <= 512 ? 8 : 16;
  static constexpr int keysPerWarp = kKeyChunk / warps;
  static constexpr int loads = keysPerWarp / keysPerLoad;
  static constexpr int threads = warps * 32;
};

__device__ __forceinline__ float exp2OrZero(float x, float maximum) {
  return maximum == -INFINITY ? 0.0f : exp2f(x - maximum);
}

// Scores, weights and weighted values of one warp's keys, for G queries that share them.
template <typename T, int D, int G>
__device__ __forceinline__ void warpPart(const Attention& a, const float (*q)[8], int kvHead, const int* blocks, int first,
                                         int length, float* maximum, float* sum, float (*out)[8]) {
  using S = Shape<T, D>;
  const int lane = threadIdx.x % 32, part = lane % S::lanesPerKey, group = lane / S::lanesPerKey;
  Eight<T> k[S::loads], v[S::loads];
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    const int position = first + i * S::keysPerLoad + group;
    k[i].clear(), v[i].clear();
    if (position < length) {
      const int index = a.blockDivider ? __umulhi(position, a.blockDivider) : position;
      const int64_t row =
          (static_cast<int64_t>(__ldg(&blocks[index])) * a.kvHeads + kvHead) * a.blockTokens + position - index * a.blockTokens;
      k[i].load(static_cast<const T*>(a.keys) + row * D + part * 8);
      v[i].load(static_cast<const T*>(a.values) + row * D + part * 8);
    }
  }
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
      p[g][i] = first + i * S::keysPerLoad + group < length ? s * a.scale : -INFINITY;
      maximum[g] = fmaxf(maximum[g], p[g][i]);
    }
  }
#pragma unroll
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int d = 16; d >= S::lanesPerKey; d /= 2) maximum[g] = fmaxf(maximum[g], __shfl_xor_sync(kAll, maximum[g], d));
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
#pragma unroll
    for (int g = 0; g < G; g++)
#pragma unroll
      for (int j = 0; j < 8; j++) out[g][j] = fmaf(p[g][i], x[j], out[g][j]);
  }
#pragma unroll
  for (int g = 0; g < G; g++)
#pragma unroll
    for (int j = 0; j < 8; j++)
#pragma unroll
      for (int d = 16; d >= S::lanesPerKey; d /= 2) out[g][j] += __shfl_xor_sync(kAll, out[g][j], d);
}

// Adds `parts` in ascending order: part c has its maximum and sum at [c * step], its weighted values behind them.
template <typename Load>
__device__ __forceinline__ float addParts(Load load, int count, int step, int d, float* maximum, float* sum) {
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
  if (d < a.headDim) static_cast<T*>(a.x)[a.layout.index(head * a.headDim + d, token)] = fromFloat<T>(value);
}

// One (token, chunk, G heads): the chunk's part, and the whole where this is the last part to arrive.
template <typename T, int D, int G>
__device__ __forceinline__ void attendItem(const Attention& a, int item, int headGroup, float* shared, int* isLast) {
  using S = Shape<T, D>;
  const int token = item & 0xffff, chunk = item >> 16, length = a.positions[token] + 1;
  const int chunks = (length + kKeyChunk - 1) / kKeyChunk;
  const int perKv = a.heads / a.kvHeads, groups = (perKv + G - 1) / G;
  const int kvHead = headGroup / groups, firstHead = kvHead * perKv + headGroup % groups * G;
  const int heads = min(G, (kvHead + 1) * perKv - firstHead);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  float q[G][8], maximum[G], sum[G], out[G][8];
#pragma unroll
  for (int g = 0; g < G; g++) {
    const int head = firstHead + min(g, heads - 1);
    Eight<T> bits;
    const T* from = static_cast<const T*>(a.queries) + (static_cast<int64_t>(token) * a.heads + head) * D + lane % S::lanesPerKey * 8;
    bits.load(from);
    bits.unpack(q[g]);
  }
  const int first = chunk * kKeyChunk + warp * S::keysPerWarp;
  const int* blocks = a.rowBlocks + static_cast<int64_t>(a.tokenRows[token]) * a.rowBlocksStride;
  warpPart<T, D, G>(a, q, kvHead, blocks, first, length, maximum, sum, out);
  constexpr int step = D + 8;
  __syncthreads();
  if (lane < S::lanesPerKey) {
#pragma unroll
    for (int g = 0; g < G; g++) {
      float* mine = shared + (g * S::warps + warp) * step;
      if (lane == 0) mine[0] = maximum[g], mine[1] = sum[g];
#pragma unroll
      for (int j = 0; j < 8; j++) mine[8 + lane * 8 + j] = out[g][j];
    }
  }
  __syncthreads();
  for (int i = threadIdx.x; i < heads * D; i += S::threads) {
    const int g = i / D, d = i % D;
    float top, weights;
    const float value = addParts([&](int at) { return shared[g * S::warps * step + at]; }, S::warps, step, d, &top, &weights);
    if (chunks == 1) {
      store<T, D>(a, token, firstHead + g, d, value / weights);
      continue;
    }
    float* part = a.partials + ((static_cast<int64_t>(token) * a.heads + firstHead + g) * a.maxChunks + chunk) * step;
    if (d == 0) part[0] = top, part[1] = weights;
    part[8 + d] = value;
  }
  if (chunks == 1) return;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) {
    int* counter = a.counters + token * a.heads + firstHead;
    *isLast = atomicAdd(counter, 1) == chunks - 1;
    if (*isLast) *counter = 0;
  }
  __syncthreads();
  if (!*isLast) return;
  __threadfence();
  for (int i = threadIdx.x; i < heads * D; i += S::threads) {
    const int g = i / D, d = i % D;
    const float* parts = a.partials + (static_cast<int64_t>(token) * a.heads + firstHead + g) * a.maxChunks * step;
    float top, weights;
    // from the second-level cache: the first may hold what other blocks have written over since
    const float value = addParts([&](int at) { return __ldcg(parts + at); }, chunks, step, d, &top, &weights);
    store<T, D>(a, token, firstHead + g, d, value / weights);
  }
}

template <typename T, int D, int G>
__global__ void __launch_bounds__(Shape<T, D>::threads) tokens(const __grid_constant__ Attention a) {
  __shared__ float shared[G * Shape<T, D>::warps * (D + 8)];
  __shared__ int isLast;
  letNextStart();
  waitForPrevious();
  const int perKv = a.heads / a.kvHeads, groups = a.kvHeads * ((perKv + G - 1) / G);
  const int count = a.header->items * groups;
  for (int i = blockIdx.x; i < count; i += gridDim.x) attendItem<T, D, G>(a, a.items[i / groups], i % groups, shared, &isLast);
}

template <typename T, int D> void launch(const Attention& a, int blocks, cudaStream_t stream) {
  const int perKv = a.heads / a.kvHeads;
  const auto run = [&](auto kernel) {
    launchDependent(kernel, dim3(blocks), dim3(Shape<T, D>::threads), 0, stream, a);
  };
  if constexpr (D > 128) return run(tokens<T, D, 1>);
  else perKv == 1 ? run(tokens<T, D, 1>) : perKv == 2 ? run(tokens<T, D, 2>) : run(tokens<T, D, 4>);
}

template <typename T> void dispatch(const Attention& a, int blocks, cudaStream_t stream) {
  switch (a.stride) {
    case 16: return launch<T, 16>(a, blocks, stream);
    case 32: return launch<T, 32>(a, blocks, stream);
    case 64: return launch<T, 64>(a, blocks, stream);
    case 128: return launch<T, 128>(a, blocks, stream);
    default: return launch<T, 256>(a, blocks, stream);
  }
}

}  // namespace

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
