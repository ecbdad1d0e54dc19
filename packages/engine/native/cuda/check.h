// Every CUDA call goes through here: a failure names the call, the file and the line, and tells
// sticky errors apart.
#pragma once
#include <cuda_runtime.h>

namespace flover::cuda {

// Throws flover::Error unless `status` is cudaSuccess. `code` is "out-of-memory" when memory ran
// out, "device-dead" when the context is lost (nothing on this device will work again), else
// "device-failed".
void check(cudaError_t status, const char* call, const char* file, int line);

}  // namespace flover::cuda

#define FLOVER_CUDA(call) ::flover::cuda::check((call), #call, __FILE__, __LINE__)
