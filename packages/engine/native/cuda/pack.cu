// Weights into the order of the product kernels, [row][column] to fragmentIndex of layout.cuh, from
// a checkpoint's tensor or from a seed. A thread an element, columns fastest: reads are coalesced,
// writes scatter within strips. Runs only at load, so there is no bench.
#include "check.h"
#include "flover/synthetic.h"
#include "layout.cuh"
#include "pack.h"
#include "types.cuh"

namespace flover::cuda {

namespace {

__device__ __forceinline__ float element(const Source& s, int64_t row, int64_t column,
                                         int64_t columns) {
  const int64_t whole = (s.firstRow + row) * s.wholeColumns + s.firstColumn + column;
  if (!s.data) return s.offset + syntheticValue(s.key, static_cast<uint64_t>(whole));
  const int64_t at = s.dataIsWhole ? whole : row * columns + column;
  if (s.type == DataType::F16) return toFloat(static_cast<const Half*>(s.data)[at]);
  if (s.type == DataType::BF16) return toFloat(static_cast<const Bfloat*>(s.data)[at]);
  return static_cast<const float*>(s.data)[at];
}

template <typename T>
__global__ void packElements(T* to, int paddedK, Packing packing, Source from, int rows,
                             int columns) {
  const int64_t count = static_cast<int64_t>(rows) * columns,
                step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
       i += step) {
    const int row = static_cast<int>(i / columns), column = static_cast<int>(i % columns);
    const int stored = packing.storedRow(row);
    const int64_t at = sizeof(T) == 4 ? static_cast<int64_t>(stored) * paddedK + column
                                      : fragmentIndex(stored, column, paddedK);
    to[at] = fromFloat<T>(element(from, row, column, columns));
  }
}

template <typename T>
__global__ void packRows(T* to, Source from, int rows, int columns) {
  const int64_t count = static_cast<int64_t>(rows) * columns,
                step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
       i += step)
    to[i] = fromFloat<T>(element(from, i / columns, i % columns, columns));
}

template <typename T>
__global__ void packValues(float* to, Packing packing, Source from, int rows) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < rows) to[packing.storedRow(i)] = toFloat(fromFloat<T>(element(from, 0, i, rows)));
}

constexpr int kThreads = 256;
int blocksFor(int64_t count) {
  return static_cast<int>(count < (int64_t{1} << 22) ? (count + kThreads - 1) / kThreads : 1 << 14);
}

}  // namespace

void packWeight(void* to, DataType type, int paddedK, const Packing& packing, const Source& from,
                int rows, int columns, cudaStream_t stream) {
  const int blocks = blocksFor(static_cast<int64_t>(rows) * columns);
  const auto run = [&](auto* typed) {
    packElements<<<blocks, kThreads, 0, stream>>>(typed, paddedK, packing, from, rows, columns);
  };
  type == DataType::F32   ? run(static_cast<float*>(to))
  : type == DataType::F16 ? run(static_cast<Half*>(to))
                          : run(static_cast<Bfloat*>(to));
  FLOVER_CUDA(cudaGetLastError());
}

void packTable(void* to, DataType type, const Source& from, int rows, int columns,
               cudaStream_t stream) {
  const int blocks = blocksFor(static_cast<int64_t>(rows) * columns);
  const auto run = [&](auto* typed) {
    packRows<<<blocks, kThreads, 0, stream>>>(typed, from, rows, columns);
  };
  type == DataType::F32   ? run(static_cast<float*>(to))
  : type == DataType::F16 ? run(static_cast<Half*>(to))
                          : run(static_cast<Bfloat*>(to));
  FLOVER_CUDA(cudaGetLastError());
}

void packVector(float* to, DataType type, const Packing& packing, const Source& from, int rows,
                cudaStream_t stream) {
  const int blocks = (rows + kThreads - 1) / kThreads;
  type == DataType::F32
      ? packValues<float><<<blocks, kThreads, 0, stream>>>(to, packing, from, rows)
  : type == DataType::F16
      ? packValues<Half><<<blocks, kThreads, 0, stream>>>(to, packing, from, rows)
      : packValues<Bfloat><<<blocks, kThreads, 0, stream>>>(to, packing, from, rows);
  FLOVER_CUDA(cudaGetLastError());
}

}  // namespace flover::cuda
