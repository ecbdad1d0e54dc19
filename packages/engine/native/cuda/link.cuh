// Writing to other devices and waiting for them.
#pragma once
#include "link.h"
#include "norm.cuh"

namespace flover::cuda {

// Stands for a word that has not come: a NaN that no sum makes.
constexpr uint32_t kAbsent = 0xffffffffu;

__device__ __forceinline__ void storeRelaxed(float* to, float4 x) {
  asm volatile("st.relaxed.sys.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(to), "f"(x.x), "f"(x.y),
               "f"(x.z), "f"(x.w)
               : "memory");
}
__device__ __forceinline__ float4 loadRelaxed(const float* from) {
  float4 x;
  asm volatile("ld.relaxed.sys.global.v4.f32 {%0, %1, %2, %3}, [%4];"
               : "=f"(x.x), "=f"(x.y), "=f"(x.z), "=f"(x.w)
               : "l"(from)
               : "memory");
  return x;
}
__device__ __forceinline__ void storeRelease(uint32_t* to, uint32_t x) {
  asm volatile("st.release.sys.global.u32 [%0], %1;" ::"l"(to), "r"(x) : "memory");
}
__device__ __forceinline__ uint32_t loadAcquire(const uint32_t* from) {
  uint32_t x;
  asm volatile("ld.acquire.sys.global.u32 %0, [%1];" : "=r"(x) : "l"(from) : "memory");
  return x;
}

__device__ __forceinline__ bool isAbsent(float x) { return __float_as_uint(x) == kAbsent; }
__device__ __forceinline__ bool isAbsent(float4 v) {
  return isAbsent(v.x) || isAbsent(v.y) || isAbsent(v.z) || isAbsent(v.w);
}
__device__ __forceinline__ float present(float x) {
  return isAbsent(x) ? __uint_as_float(0x7fffffffu) : x;
}
__device__ __forceinline__ float4 present(float4 v) {
  return make_float4(present(v.x), present(v.y), present(v.z), present(v.w));
}
__device__ __forceinline__ float4 absent4() {
  const float x = __uint_as_float(kAbsent);
  return make_float4(x, x, x, x);
}

// This rank's own sum of a token, in words that never stand for an absent one.
template <int V>
__device__ __forceinline__ void sumOwn(const RankSums& s, int token, Row<V>& own, int hidden) {
  sumSplits<4>(s.a, token, own, hidden);
  if (s.b.splits) {
    Row<V> more;
    sumSplits<4>(s.b, token, more, hidden);
    own.each(hidden, [&](int v, int) { own.x[v] = own.x[v] + more.x[v]; });
  }
  own.each(hidden, [&](int v, int) { own.x[v] = present(own.x[v]); });
}

// Ends a wait that has no end: when the run has failed, or when a rank has been silent too long,
// which then fails the run.
class Timeout {
 public:
  __device__ explicit Timeout(volatile int* stop) : stop_(stop) {}
  // After each look in vain for what `rank` owes.
  __device__ bool expired(int rank) {
    if (++looks_ % 256 != 0) return false;
    if (*stop_ != 0) return true;
    uint64_t now;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
    if (since_ == 0) since_ = now;
    if (now - since_ < kRankTimeoutSeconds * uint64_t{1000000000}) return false;
    *stop_ = rank + 1;
    __threadfence_system();
    return true;
  }

 private:
  volatile int* stop_;
  uint32_t looks_ = 0;
  uint64_t since_ = 0;
};

// By every block of an exchange when its own data is written: the last one tells all ranks, and
// waits for them. Exchange `number` is the one that all ranks are at.
__device__ __forceinline__ void rankBarrier(const Link& link, uint32_t number) {
  __shared__ bool isLast;
  __threadfence_system();
  __syncthreads();
  if (threadIdx.x == 0)
    isLast = atomicAdd(link.counter, 1) == static_cast<int>(gridDim.x * gridDim.y) - 1;
  __syncthreads();
  if (!isLast || static_cast<int>(threadIdx.x) >= link.size) return;
  const int other = threadIdx.x;
  __threadfence_system();
  if (other == link.rank) {
    *link.counter = 0;
    return;
  }
  storeRelease(link.arrived[other] + link.rank, number + 1);
  Timeout timeout(link.stop);
  while (static_cast<int32_t>(loadAcquire(link.arrived[link.rank] + other) - (number + 1)) < 0 &&
         !timeout.expired(other)) {
  }
}

}  // namespace flover::cuda
