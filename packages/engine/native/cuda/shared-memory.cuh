// Shared memory as instructions see it: 32-bit addresses, copies to it that the thread does not
// wait for, and loads of the matrices that mma.m16n8k16 takes (sm_80 and later).
#pragma once
#include <cstdint>

namespace flover::cuda {

__device__ __forceinline__ uint32_t sharedAddress(const void* p) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}

// Starts a copy of 16 bytes, or of 16 zeros where they are not `present`.
__device__ __forceinline__ void copyAsync(uint32_t to, const void* from, bool present) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from),
               "r"(present ? 16 : 0));
}
// Ends a group of copies: all that this thread has started since the last.
__device__ __forceinline__ void commitCopies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}
// Waits until at most the latest `pending` groups of this thread's copies are under way.
template <int pending>
__device__ __forceinline__ void waitForCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

// Four 8 x 8 matrices of 16-bit numbers: lane l names row l % 8 of matrix l / 8 by its address, and
// gets of each matrix the two numbers at row l / 4, columns l % 4 * 2 and the next.
__device__ __forceinline__ void loadMatrices(uint4& r, uint32_t at) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r.x), "=r"(r.y), "=r"(r.z), "=r"(r.w)
               : "r"(at));
}
// The same of the transposed matrices.
__device__ __forceinline__ void loadTransposed(uint4& r, uint32_t at) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r.x), "=r"(r.y), "=r"(r.z), "=r"(r.w)
               : "r"(at));
}

}  // namespace flover::cuda
