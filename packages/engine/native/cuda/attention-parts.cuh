// Parts of a single token's attention: what a warp makes of its keys, and how parts are joined. A
// part of a softmax is the maximum of its scores, the sum of its weights under that maximum, and
// the values weighted so. In memory it is D + 8 floats: maximum, sum, padding, D weighted values.
#pragma once
#include "attention.cuh"
#include "types.cuh"

namespace flover::cuda {

constexpr unsigned kAllLanes = 0xffffffffu;

// How the threads of a block share a chunk of 128 keys: a warp takes 16 (8 of wide heads), a key's
// D elements are on D / 8 neighbouring lanes, eight a lane.
template <typename T, int D>
struct ChunkShape {
  static constexpr int lanesPerKey = D / 8;
  static constexpr int keysPerLoad = 32 / lanesPerKey;
  static constexpr int warps = D * sizeof(T) <= 256 ? 8 : 16;
  static constexpr int keysPerWarp = kKeyChunk / warps;
  static constexpr int loads = (keysPerWarp + keysPerLoad - 1) / keysPerLoad;
  static constexpr int threads = warps * 32;
  static constexpr int partFloats = D + 8;
};

// Without a key there is no maximum. Nor is there one where all scores are NaN, which must stay.
__device__ __forceinline__ float exp2OrZero(float x, float maximum) {
  return exp2f(x - (maximum == -INFINITY ? 0.0f : maximum));
}

// Queues the loads of all keys and values of a warp, from key `first` on, before any is used.
template <typename T, int D>
__device__ __forceinline__ void loadKeys(const Attention& a, int kvHead, const int* blocks,
                                         int first, int length, int lane, Eight<T>* keys,
                                         Eight<T>* values) {
  using S = ChunkShape<T, D>;
  const int part = lane % S::lanesPerKey, group = lane / S::lanesPerKey;
  // One lane looks up one key's place, so that the loads do not wait for one another's look-ups.
  int row = 0;
  if (lane < S::keysPerWarp && first + lane < length) {
    const int position = first + lane, index = blockIndex(a, position);
    row = keyRow(a, blocks[index], kvHead, position, index);
  }
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    const int64_t at =
        static_cast<int64_t>(__shfl_sync(kAllLanes, row, i * S::keysPerLoad + group)) * D +
        part * 8;
    keys[i].load(static_cast<const T*>(a.keys) + at);
    values[i].load(static_cast<const T*>(a.values) + at);
  }
}

// p[g][i] = score of query g and the lane's i-th key, -inf from key `end` on; maximum[g]: the
// largest of the lane's.
template <typename T, int D, int G>
__device__ __forceinline__ void score(const float (*q)[8], const Eight<T>* keys, float scale,
                                      int first, int end, int lane,
                                      float (*p)[ChunkShape<T, D>::loads], float* maximum) {
  using S = ChunkShape<T, D>;
  const int group = lane / S::lanesPerKey;
#pragma unroll
  for (int g = 0; g < G; g++) maximum[g] = -INFINITY;
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    float x[8];
    keys[i].unpack(x);
#pragma unroll
    for (int g = 0; g < G; g++) {
      float s = 0.0f;
#pragma unroll
      for (int j = 0; j < 8; j++) s = fmaf(q[g][j], x[j], s);
#pragma unroll
      for (int d = S::lanesPerKey / 2; d > 0; d /= 2) s += __shfl_xor_sync(kAllLanes, s, d);
      p[g][i] = first + i * S::keysPerLoad + group < end ? s * scale : -INFINITY;
      maximum[g] = fmaxf(maximum[g], p[g][i]);
    }
  }
}

// The warp's maximum of one query; its scores become weights, whose sum is `sum`.
template <typename T, int D>
__device__ __forceinline__ void weigh(float* p, float* maximum, float* sum) {
  using S = ChunkShape<T, D>;
#pragma unroll
  for (int d = 16; d >= S::lanesPerKey; d /= 2)
    *maximum = fmaxf(*maximum, __shfl_xor_sync(kAllLanes, *maximum, d));
  *sum = 0.0f;
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    p[i] = exp2OrZero(p[i], *maximum);
    *sum += p[i];
  }
#pragma unroll
  for (int d = 16; d >= S::lanesPerKey; d /= 2) *sum += __shfl_xor_sync(kAllLanes, *sum, d);
}

// out[g] = the warp's values weighted by p[g]. A key that is not there counts for nothing, though
// what lies in its place may be NaN.
template <typename T, int D, int G>
__device__ __forceinline__ void weighValues(const float (*p)[ChunkShape<T, D>::loads],
                                            const Eight<T>* values, int first, int end, int lane,
                                            float (*out)[8]) {
  using S = ChunkShape<T, D>;
  const int group = lane / S::lanesPerKey;
#pragma unroll
  for (int i = 0; i < S::loads; i++) {
    float x[8];
    values[i].unpack(x);
    const bool present = first + i * S::keysPerLoad + group < end;
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
        out[g][j] += __shfl_xor_sync(kAllLanes, out[g][j], d);
}

// The part of one warp's keys, for G queries that share them: keys [first, length), as many as a
// warp takes. Lane l ends with elements l % lanesPerKey * 8 and following of `out`.
template <typename T, int D, int G>
__device__ __forceinline__ void attendWarp(const Attention& a, const float (*q)[8], int kvHead,
                                           const int* blocks, int first, int length, float* maximum,
                                           float* sum, float (*out)[8]) {
  using S = ChunkShape<T, D>;
  const int lane = threadIdx.x % 32;
  Eight<T> keys[S::loads], values[S::loads];
  loadKeys<T, D>(a, kvHead, blocks, first, length, lane, keys, values);
  const int end = min(length, first + S::keysPerWarp);
  float p[G][S::loads];
  score<T, D, G>(q, keys, a.scale, first, end, lane, p, maximum);
#pragma unroll
  for (int g = 0; g < G; g++) {
    weigh<T, D>(p[g], &maximum[g], &sum[g]);
#pragma unroll
    for (int j = 0; j < 8; j++) out[g][j] = 0.0f;
  }
  weighValues<T, D, G>(p, values, first, end, lane, out);
}

// Joins `count` parts in ascending order and returns element d of their weighted values. `load(i)`
// gives float i of the first; the next is `stride` floats on.
template <typename Load>
__device__ __forceinline__ float joinParts(Load load, int count, int stride, int d, float* maximum,
                                           float* sum) {
  float top = -INFINITY, weights = 0.0f, value = 0.0f;
  for (int c = 0; c < count; c++) top = fmaxf(top, load(c * stride));
  for (int c = 0; c < count; c++) {
    const float scale = exp2OrZero(load(c * stride), top);
    weights += load(c * stride + 1) * scale;
    value += load(c * stride + 8 + d) * scale;
  }
  *maximum = top;
  *sum = weights;
  return value;
}

}  // namespace flover::cuda
