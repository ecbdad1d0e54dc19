// Weights and tokens from a seed, what their products are in double arithmetic, and the read
// bandwidth.
#pragma once
#include "layout.cuh"
#include "types.cuh"

namespace flover::cuda {
namespace {

__device__ uint32_t mix(uint64_t i, uint32_t seed) {
  uint32_t x = static_cast<uint32_t>(i) * 2654435761u ^ seed ^ static_cast<uint32_t>(i >> 32) * 97u;
  x ^= x >> 15, x *= 2246822519u, x ^= x >> 13, x *= 3266489917u, x ^= x >> 16;
  return x;
}
__device__ float weightValue(uint32_t seed, int row, int k, int K) {
  return (static_cast<int>(mix(static_cast<uint64_t>(row) * K + k, seed) & 2047) - 1024) * 2e-5f;
}
__device__ float tokenValue(uint32_t seed, int token, int k) {
  return (static_cast<int>(mix(static_cast<uint64_t>(token) * 65536 + k, seed) & 2047) - 1024) *
         1e-3f;
}

template <typename T>
__global__ void fillWeight(T* to, int rows, int K, int paddedRows, int paddedK, uint32_t seed) {
  const int64_t n = static_cast<int64_t>(paddedRows) * paddedK,
                step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step) {
    const int row = static_cast<int>(i / paddedK), k = static_cast<int>(i % paddedK);
    to[fragmentIndex(row, k, paddedK)] =
        fromFloat<T>(row < rows && k < K ? weightValue(seed, row, k, K) : 0.0f);
  }
}

template <typename T>
__global__ void fillTokens(T* to, int tokens, int K, ActivationLayout layout, uint32_t seed) {
  const int64_t n = static_cast<int64_t>(layout.tokens) * layout.paddedK,
                step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step) {
    const int token = static_cast<int>(i % layout.tokens), k = static_cast<int>(i / layout.tokens);
    to[layout.index(k, token)] =
        fromFloat<T>(token < tokens && k < K ? tokenValue(seed, token, k) : 0.0f);
  }
}

// [token][row]
template <typename T>
__global__ void reference(double* out, int rows, int K, int tokens, uint32_t weightSeed,
                          uint32_t tokenSeed) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= rows * tokens) return;
  const int token = i / rows, row = i % rows;
  double s = 0;
  for (int k = 0; k < K; k++)
    s += static_cast<double>(toFloat(fromFloat<T>(weightValue(weightSeed, row, k, K)))) *
         toFloat(fromFloat<T>(tokenValue(tokenSeed, token, k)));
  out[i] = s;
}

__global__ void readAll(const uint4* p, size_t n, uint32_t* sink) {
  uint32_t s = 0;
  const size_t step = static_cast<size_t>(gridDim.x) * blockDim.x;
  size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i + 3 * step < n; i += 4 * step) {
    uint4 v[4];
#pragma unroll
    for (int j = 0; j < 4; j++) v[j] = __ldcs(p + i + j * step);
#pragma unroll
    for (int j = 0; j < 4; j++) s ^= v[j].x ^ v[j].y ^ v[j].z ^ v[j].w;
  }
  if (s == 0x12345678) *sink = s;
}

}  // namespace
}  // namespace flover::cuda
