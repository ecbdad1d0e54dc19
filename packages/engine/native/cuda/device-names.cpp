#include "device-names.h"

#include <cuda_runtime.h>

#include "check.h"

namespace flover::cuda {

std::vector<std::string> deviceNames() {
  int count = 0;
  FLOVER_CUDA(cudaGetDeviceCount(&count));
  std::vector<std::string> names;
  for (int device = 0; device < count; ++device) {
    cudaDeviceProp properties;
    FLOVER_CUDA(cudaGetDeviceProperties(&properties, device));
    names.push_back(properties.name);
  }
  return names;
}

}  // namespace flover::cuda
