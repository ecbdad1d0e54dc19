#include "check.h"

#include <cstring>
#include <string>

#include "flover/error.h"

namespace flover::cuda {

namespace {

// After one of these no call on the context succeeds any more.
bool sticky(cudaError_t status) {
  switch (status) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorHardwareStackError:
    case cudaErrorLaunchFailure:
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorDevicesUnavailable:
      return true;
    default:
      return false;
  }
}

}  // namespace

void check(cudaError_t status, const char* call, const char* file, int line) {
  if (status == cudaSuccess) return;
  const char* name = std::strrchr(file, '/');
  const std::string where = std::string(name ? name + 1 : file) + ":" + std::to_string(line);
  const std::string what = std::string(cudaGetErrorString(status)) + " (" +
                           cudaGetErrorName(status) + ") in " + call + " at " + where;
  cudaGetLastError();
  if (status == cudaErrorMemoryAllocation) {
    size_t freeBytes = 0, totalBytes = 0;
    int device = 0;
    cudaGetDevice(&device);
    cudaMemGetInfo(&freeBytes, &totalBytes);
    throw Error("out-of-memory",
                "device " + std::to_string(device) +
                    " is out of memory: " + std::to_string(freeBytes >> 20) + " MiB of " +
                    std::to_string(totalBytes >> 20) + " MiB are free; " + what,
                "use a smaller model, fewer KV blocks or a smaller maxRowTokens");
  }
  if (sticky(status)) {
    throw Error("device-dead", "the device stopped: " + what,
                "start a new process; run compute-sanitizer to find the kernel");
  }
  throw Error("device-failed", what,
              "see nvidia-smi and the system's log; start again with CUDA_LAUNCH_BLOCKING=1");
}

}  // namespace flover::cuda
