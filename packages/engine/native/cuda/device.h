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

// What an engine asks of a device for all the ranks that it has there.
struct MemoryNeed {
  int64_t weights = 0, kv = 0;
  int ranks = 0;
};
// Refuses early, with the numbers, what cannot fit on the thread's device. "out-of-memory".
void checkMemory(const MemoryNeed& need);

// How lanes share the device while one has prompts and another has any work.
struct Sharing {
  int prompts = 0;  // multiprocessors for prompts; 0: all, the kernels take turns
  int priority = 0, promptPriority = 0;  // of streams
};
// By the environment (prompt-share.h); at 100 percent prompts take turns with the others. With
// `takeTurns` prompts have all multiprocessors, whatever the percentage.
Sharing laneSharing(const cudaDeviceProp& properties, bool takeTurns);

}  // namespace flover::cuda
