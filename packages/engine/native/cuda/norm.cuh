// A row of the residual stream in the registers of one block: adding split sums to it, and
// normalising it. Each thread adds its own elements in ascending order, then a fixed tree adds the
// threads.
#pragma once
#include <type_traits>

#include "norm.h"
#include "types.cuh"

namespace flover::cuda {

constexpr int kNormThreads = 512;

template <int bytes>
struct FourOf;
template <>
struct FourOf<2> {
  using type = uint2;
};
template <>
struct FourOf<4> {
  using type = uint4;
};

__device__ __forceinline__ float blockSum(float x) {
  __shared__ float warps[kNormThreads / 32];
#pragma unroll
  for (int d = 16; d > 0; d /= 2) x += __shfl_xor_sync(0xffffffffu, x, d);
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = x;
  __syncthreads();
  x = warps[threadIdx.x % (kNormThreads / 32)];
#pragma unroll
  for (int d = kNormThreads / 64; d > 0; d /= 2) x += __shfl_xor_sync(0xffffffffu, x, d);
  return x;
}

// V groups of four elements a thread: all loads of a row are in flight before the first is used.
template <int V>
struct Row {
  float4 x[V];
  template <typename Visit>
  __device__ __forceinline__ void each(int hidden, Visit visit) {
#pragma unroll
    for (int v = 0; v < V; v++) {
      const int i = (v * kNormThreads + threadIdx.x) * 4;
      if (i < hidden) visit(v, i);
    }
  }
};

__device__ __forceinline__ float4 operator+(float4 a, float4 b) {
  return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
__device__ __forceinline__ float4 load4(const float* p) {
  return *reinterpret_cast<const float4*>(p);
}
__device__ __forceinline__ float4 constant4(const float* p) {
  return __ldg(reinterpret_cast<const float4*>(p));
}
__device__ __forceinline__ float4 load4(const Half* p) {
  const uint2 bits = __ldg(reinterpret_cast<const uint2*>(p));
  float x[4];
  unpack2(bits.x, x, Half()), unpack2(bits.y, x + 2, Half());
  return make_float4(x[0], x[1], x[2], x[3]);
}
__device__ __forceinline__ float4 load4(const Bfloat* p) {
  const uint2 bits = __ldg(reinterpret_cast<const uint2*>(p));
  float x[4];
  unpack2(bits.x, x, Bfloat()), unpack2(bits.y, x + 2, Bfloat());
  return make_float4(x[0], x[1], x[2], x[3]);
}

template <typename T, int V>
__device__ __forceinline__ void normalise(Row<V>& row, const NormWeights& norm,
                                          const NormTarget& to, int hidden, int token) {
  float4 weights[V];
  row.each(hidden, [&](int v, int i) { weights[v] = constant4(norm.weight + i); });
  float mean = 0.0f;
  if (norm.bias) {
    float sum = 0.0f;
    row.each(hidden,
             [&](int v, int) { sum += row.x[v].x + row.x[v].y + (row.x[v].z + row.x[v].w); });
    mean = blockSum(sum) / hidden;
  }
  float squares = 0.0f;
  row.each(hidden, [&](int v, int) {
    const float a = row.x[v].x - mean, b = row.x[v].y - mean, c = row.x[v].z - mean,
                d = row.x[v].w - mean;
    squares += a * a + b * b + (c * c + d * d);
  });
  const float scale = rsqrtf(blockSum(squares) / hidden + norm.epsilon);
  T* x = static_cast<T*>(to.x);
  row.each(hidden, [&](int v, int i) {
    const float4 bias = norm.bias ? constant4(norm.bias + i) : make_float4(0, 0, 0, 0);
    const float4 in = row.x[v], w = weights[v];
    // four neighbours lie together in every order but Fragments
    const float y[4] = {(in.x - mean) * scale * w.x + bias.x, (in.y - mean) * scale * w.y + bias.y,
                        (in.z - mean) * scale * w.z + bias.z, (in.w - mean) * scale * w.w + bias.w};
    if (to.layout.order == Order::Fragments) {
#pragma unroll
      for (int j = 0; j < 4; j++) x[to.layout.index(i + j, token)] = fromFloat<T>(y[j]);
      return;
    }
    alignas(16) T packed[4] = {fromFloat<T>(y[0]), fromFloat<T>(y[1]), fromFloat<T>(y[2]),
                               fromFloat<T>(y[3])};
    using Four = typename FourOf<sizeof(T)>::type;
    *reinterpret_cast<Four*>(x + to.layout.index(i, token)) =
        *reinterpret_cast<const Four*>(packed);
  });
}

// Brings a row into the second-level cache: what must come from memory waits behind all the weights
// that the next kernel has asked for.
__device__ __forceinline__ void prefetchRow(const float* row, int hidden) {
#if __CUDA_ARCH__ >= 800
  constexpr int line = 128 / sizeof(float);
  for (int i = threadIdx.x * line; i < hidden; i += kNormThreads * line)
    asm volatile("prefetch.global.L2 [%0];" ::"l"(row + i));
#endif
}

// The splits of a token, kMost at most, in ascending order.
template <int kMost, int V>
__device__ __forceinline__ void sumSplits(const Partials& p, int token, Row<V>& sum, int hidden) {
  const float* from = p.data + static_cast<int64_t>(token) * hidden;
  const int64_t step = static_cast<int64_t>(p.tokens) * hidden;
  sum.each(hidden, [&](int v, int i) {
    float4 part[kMost];
#pragma unroll
    for (int s = 0; s < kMost; s++)
      if (s < p.splits) part[s] = load4(from + s * step + i);
    sum.x[v] = part[0];
#pragma unroll
    for (int s = 1; s < kMost; s++)
      if (s < p.splits) sum.x[v] = sum.x[v] + part[s];
  });
}

// Adds a sum to `row`, the bias first.
template <int V>
__device__ __forceinline__ void addSum(const float* bias, Row<V>& sum, Row<V>& row, int hidden) {
  row.each(hidden, [&](int v, int i) {
    if (bias) sum.x[v] = sum.x[v] + constant4(bias + i);
    row.x[v] = row.x[v] + sum.x[v];
  });
}

template <int kMost, int V>
__device__ __forceinline__ void addPartials(const Partials& p, int token, Row<V>& row, int hidden) {
  Row<V> sum;
  sumSplits<kMost>(p, token, sum, hidden);
  addSum(p.bias, sum, row, hidden);
}

// Calls `run` with the type and the number of groups of four that a thread takes.
template <typename Run>
void dispatch(DataType type, int hidden, Run run) {
  const int groups = (hidden + kNormThreads * 4 - 1) / (kNormThreads * 4);
  const auto withType = [&](auto element) {
    if (groups <= 1) return run(element, std::integral_constant<int, 1>());
    if (groups <= 2) return run(element, std::integral_constant<int, 2>());
    if (groups <= 3) return run(element, std::integral_constant<int, 3>());
    if (groups <= 4) return run(element, std::integral_constant<int, 4>());
    run(element, std::integral_constant<int, 8>());
  };
  type == DataType::F32   ? withType(float())
  : type == DataType::F16 ? withType(Half())
                          : withType(Bfloat());
}

}  // namespace flover::cuda
