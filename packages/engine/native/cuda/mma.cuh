// The warp's matrix product of sm_80 and later, mma.m16n8k16: C[16 x 8] += A[16 x 16] B[16 x 8],
// 16-bit A and B, fp32 C. Lane l holds of C rows l / 4 (c[0], c[1]) and l / 4 + 8 (c[2], c[3]),
// columns l % 4 * 2 and the next.
#pragma once
#include "types.cuh"

namespace flover::cuda {

template <typename T>
__device__ __forceinline__ void multiply(float* c, const uint4& a, const uint2& b);
template <>
__device__ __forceinline__ void multiply<Half>(float* c, const uint4& a, const uint2& b) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
      "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b.x), "r"(b.y));
}
template <>
__device__ __forceinline__ void multiply<Bfloat>(float* c, const uint4& a, const uint2& b) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b.x), "r"(b.y));
}

}  // namespace flover::cuda
