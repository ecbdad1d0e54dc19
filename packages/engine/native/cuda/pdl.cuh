// Programmatic dependent launch: a kernel may start while its predecessor ends, and waits before it
// touches what that one wrote.
#pragma once
#include <cuda_runtime.h>

#include "check.h"

namespace flover::cuda {

// Before this only weights and other constants may be read, and nothing may be written.
__device__ __forceinline__ void waitForPrevious() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// From here the next kernel's blocks may take what this one leaves free.
__device__ __forceinline__ void letNextStart() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

// Launches `kernel` as a dependent of the stream's last kernel (overlapping it on sm_90 and later).
template <typename... Parameters, typename... Arguments>
void launchDependent(void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t sharedBytes,
                     cudaStream_t stream, Arguments&&... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = sharedBytes;
  config.stream = stream;
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  attribute.val.programmaticStreamSerializationAllowed = 1;
  config.attrs = &attribute;
  config.numAttrs = 1;
  FLOVER_CUDA(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...));
}

}  // namespace flover::cuda
