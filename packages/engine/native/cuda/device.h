// Which device an engine takes, and whether it can.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>
#include <string>

#include "flover/model.h"

namespace flover::cuda {

// Empty where a device can run the kernels, else why not: no driver, no device, too old.
std::string unavailable();

// Checks the config and makes its rank's device the thread's. Throws "backend-unavailable",
// "config-invalid".
cudaDeviceProp selectDevice(const EngineConfig& config);

// Refuses early, with the numbers, what cannot fit: "out-of-memory".
void checkMemory(const EngineConfig& config);

// Stream priority of a lane. FLOVER_LANE_PRIORITY: `decode` puts lane 0 first, `prefill` the
// others, `equal` (default) none. Measured on an H100 with LLaMA-13B fp16, a prompt of 511 tokens
// beside 31 decoding requests: `decode` 170 ms for the prompt and 12 iterations (5 % sooner than
// one after the other), `equal` 65 ms and 3 (7 %), `prefill` 57 ms and 2 (3 %).
int lanePriority(int32_t lane);

}  // namespace flover::cuda
