// One block a token; a row of the residual stream lives in shared memory while its sum is made: each thread adds its own
// elements in ascending order, then a fixed tree adds the threads.
#include "norm.h"
#include "pdl.cuh"
#include "types.cuh"

namespace flover::cuda {

namespace {

constexpr int kThreads = 512;

__device__ __forceinline__ float blockSum(float x) {
  __shared__ float warps[kThreads / 32];
#pragma unroll
  for (int d = 16; d > 0; d /= 2) x += __shfl_xor_sync(0xffffffffu, x, d);
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = x;
  __syncthreads();
  x = warps[threadIdx.x % (kThreads / 32)];
#pragma unroll
  for (int d = kThreads / 64; d > 0; d /= 2) x += __shfl_xor_sync(0xffffffffu, x, d);
  return x;
}

template <typename T>
__device__ __forceinline__ void normalise(const float* row, const NormWeights& norm, const NormTarget& to, int hidden,
                                          int token) {
  float mean = 0.0f;
  if (norm.bias) {
    float sum = 0.0f;
    for (int i = threadIdx.x; i < hidden; i += kThreads) sum += row[i];
    mean = blockSum(sum) / hidden;
  }
  float squares = 0.0f;
  for (int i = threadIdx.x; i < hidden; i += kThreads) squares += (row[i] - mean) * (row[i] - mean);
  const float scale = rsqrtf(blockSum(squares) / hidden + norm.epsilon);
  T* x = static_cast<T*>(to.x);
  for (int i = threadIdx.x; i < hidden; i += kThreads) {
    const float y = (row[i] - mean) * scale * norm.weight[i] + (norm.bias ? norm.bias[i] : 0.0f);
    x[to.layout.index(i, token)] = fromFloat<T>(y);
  }
}

template <typename T>
__global__ void __launch_bounds__(kThreads) embedRows(const __grid_constant__ Embed e, NormWeights norm, float* residual,
                                                      NormTarget to, int hidden) {
  extern __shared__ float row[];
  letNextStart();
  waitForPrevious();
  const int token = blockIdx.x;
  if (token == 0 && threadIdx.x == 0 && e.header->first) {
    uint64_t now;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
    e.records[e.header->record].startNanos = now;
  }
  const int slot = e.slots[token];
  int id = e.ids[token];
  if (slot >= 0) {
    int32_t* history = e.history + static_cast<int64_t>(slot) * e.historyStride + e.positions[token];
    if (id < 0) {
      id = *history;
    } else if (threadIdx.x == 0) {
      *history = id;
    }
  }
  if (id < 0) id = 0;
  const T* table = static_cast<const T*>(e.table) + static_cast<int64_t>(id) * hidden;
  for (int i = threadIdx.x; i < hidden; i += kThreads) {
    row[i] = toFloat(table[i]);
    residual[static_cast<int64_t>(token) * hidden + i] = row[i];
  }
  normalise<T>(row, norm, to, hidden, token);
}

__device__ __forceinline__ float partialSum(const Partials& p, int token, int i, int hidden) {
  float sum = 0.0f;
  for (int s = 0; s < p.splits; s++) sum += p.data[(static_cast<int64_t>(s) * p.tokens + token) * hidden + i];
  return p.bias ? sum + p.bias[i] : sum;
}

template <typename T>
__global__ void __launch_bounds__(kThreads) addNormRows(Partials a, Partials b, NormWeights norm, float* residual,
                                                        NormTarget to, const int* gather, int hidden) {
  extern __shared__ float row[];
  letNextStart();
  waitForPrevious();
  const int token = gather ? gather[blockIdx.x] : blockIdx.x;
  float* mine = residual + static_cast<int64_t>(token) * hidden;
  for (int i = threadIdx.x; i < hidden; i += kThreads) {
    float x = mine[i];
    x += partialSum(a, token, i, hidden);
    if (b.splits) x += partialSum(b, token, i, hidden);
    row[i] = x;
    if (!gather) mine[i] = x;
  }
  normalise<T>(row, norm, to, hidden, blockIdx.x);
}

}  // namespace

void embed(const Embed& e, const NormWeights& norm, float* residual, const NormTarget& to, int hidden, int tokens,
           DataType type, cudaStream_t stream) {
  const auto run = [&](auto kernel) {
    launchDependent(kernel, dim3(tokens), dim3(kThreads), hidden * sizeof(float), stream, e, norm, residual, to, hidden);
  };
  type == DataType::F32 ? run(embedRows<float>) : type == DataType::F16 ? run(embedRows<Half>) : run(embedRows<Bfloat>);
}

void addNorm(const Partials& a, const Partials& b, const NormWeights& norm, float* residual, const NormTarget& to,
             const int* gather, int hidden, int rows, DataType type, cudaStream_t stream) {
  const auto run = [&](auto kernel) {
    launchDependent(kernel, dim3(rows), dim3(kThreads), hidden * sizeof(float), stream, a, b, norm, residual, to, gather,
                    hidden);
  };
  type == DataType::F32   ? run(addNormRows<float>)
  : type == DataType::F16 ? run(addNormRows<Half>)
                          : run(addNormRows<Bfloat>);
}

}  // namespace flover::cuda
