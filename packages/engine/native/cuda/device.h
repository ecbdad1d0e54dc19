// Which device an engine takes, and whether it can.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>
#include <string>

#include "flover/model.h"

namespace flover::cuda {

// Empty where a device can run the kernels, else why not: no driver, no device, too old.
std::string unavailable();

// Checks the config and makes its first rank's device the thread's. Throws "backend-unavailable",
// "device-unavailable", "config-invalid".
void selectDevices(const EngineConfig& config);

// Refuses early, with the numbers, what cannot fit on the thread's device: KV of `config` and so
// many bytes of weights. "out-of-memory".
void checkMemory(const EngineConfig& config, int64_t weights);

// How lanes share the device while one has prompts and another has any work.
struct Sharing {
  int prompts = 0;  // multiprocessors for prompts; 0: all, the kernels take turns
  int priority = 0, promptPriority = 0;  // of streams
};
// FLOVER_PROMPT_SHARE is the percentage of the multiprocessors (1 to 100; 100: they take turns);
// FLOVER_PROMPT_PRIORITY is `first` (default), `equal` or `last`; docs/engine-speed.md has
// what each gives.
Sharing laneSharing(const cudaDeviceProp& properties);

}  // namespace flover::cuda
