// What the 1,024 threads of a block make of a row together: sums, running sums and the largest
// value. The order is fixed: a thread over its own ids ascending, threads by a fixed tree or scan.
#pragma once
#include <cstdint>
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>

namespace flover::cuda {

constexpr int kSampleThreads = 1024;
using SumInt = cub::BlockReduce<int, kSampleThreads>;
using Sum = cub::BlockReduce<double, kSampleThreads>;
using Scan = cub::BlockScan<double, kSampleThreads>;
using ScanInt = cub::BlockScan<int, kSampleThreads>;

// One after the other, with __syncthreads between.
union SampleShared {
  SumInt::TempStorage sumInt;
  Sum::TempStorage sum;
  Scan::TempStorage scan;
  ScanInt::TempStorage scanInt;
};

// The sum of all threads' values, for every thread.
template <typename Reduce, typename V>
__device__ V everyone(V mine, typename Reduce::TempStorage& storage) {
  __shared__ V result;
  __syncthreads();
  const V total = Reduce(storage).Sum(mine);
  if (threadIdx.x == 0) result = total;
  __syncthreads();
  return result;
}

struct Best {
  float value;
  int id;
};

// The larger value, of equals the lower id; a NaN is never better.
__device__ __forceinline__ Best better(Best a, Best b) {
  return b.value > a.value || (b.value == a.value && b.id < a.id) ? b : a;
}

// The best of all threads', for every thread.
__device__ inline Best blockBest(Best mine) {
  __shared__ Best warps[32];
#pragma unroll
  for (int d = 16; d > 0; d /= 2) {
    const Best other{__shfl_xor_sync(0xffffffffu, mine.value, d),
                     __shfl_xor_sync(0xffffffffu, mine.id, d)};
    mine = better(mine, other);
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = mine;
  __syncthreads();
  mine = warps[threadIdx.x % 32];
#pragma unroll
  for (int d = 16; d > 0; d /= 2) {
    const Best other{__shfl_xor_sync(0xffffffffu, mine.value, d),
                     __shfl_xor_sync(0xffffffffu, mine.id, d)};
    mine = better(mine, other);
  }
  return mine;
}

}  // namespace flover::cuda
