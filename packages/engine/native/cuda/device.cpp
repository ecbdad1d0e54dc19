#include "device.h"

#include <algorithm>
#include <cstdlib>

#include "bounds.h"
#include "check.h"
#include "flover/error.h"
#include "flover/shards.h"
#include "norm.h"
#include "prompt-share.h"

namespace flover::cuda {

namespace {

// Oldest architecture that the kernels are compiled for.
constexpr int kOldestMajor = 8;

}  // namespace

std::string unavailable() {
  int count = 0, driver = 0;
  cudaDriverGetVersion(&driver);
  if (driver == 0) return "no NVIDIA driver is loaded";
  const cudaError_t status = cudaGetDeviceCount(&count);
  cudaGetLastError();
  if (status == cudaErrorInsufficientDriver) {
    return "the NVIDIA driver is too old for this build's CUDA runtime (driver supports CUDA " +
           std::to_string(driver / 1000) + "." + std::to_string(driver % 1000 / 10) +
           ", the build needs " + std::to_string(CUDART_VERSION / 1000) + "." +
           std::to_string(CUDART_VERSION % 1000 / 10) + ")";
  }
  if (status != cudaSuccess)
    return std::string("the CUDA runtime says: ") + cudaGetErrorString(status);
  if (count == 0) return "no NVIDIA GPU is visible";
  cudaDeviceProp properties;
  if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) return "the GPU does not answer";
  if (properties.major < kOldestMajor) {
    return std::string(properties.name) + " has compute capability " +
           std::to_string(properties.major) + "." + std::to_string(properties.minor) +
           "; at least 8.0 is needed";
  }
  return {};
}

void selectDevices(const EngineConfig& config) {
  checkConfig(config);
  const std::string reason = unavailable();
  if (!reason.empty())
    throw Error("backend-unavailable", "the cuda backend cannot run here: " + reason,
                "use backend cpu");
  int count = 0;
  FLOVER_CUDA(cudaGetDeviceCount(&count));
  checkDevices(config.world, count);
  if (config.world.size > kMostRanks) {
    throw Error("config-invalid", "world.size is " + std::to_string(config.world.size) +
                                      "; the CUDA backend takes at most " +
                                      std::to_string(kMostRanks));
  }
  checkBounds(config);
  FLOVER_CUDA(cudaSetDevice(config.world.ranks.front().device));
}

Sharing laneSharing(const cudaDeviceProp& properties, bool takeTurns) {
  Sharing sharing;
  int lowest = 0, highest = 0;
  FLOVER_CUDA(cudaDeviceGetStreamPriorityRange(&lowest, &highest));
  const PromptShare prompts =
      promptShare(std::getenv("FLOVER_PROMPT_SHARE"), std::getenv("FLOVER_PROMPT_PRIORITY"));
  sharing.priority = prompts.order == PromptOrder::Last ? highest : lowest;
  sharing.promptPriority = prompts.order == PromptOrder::First ? highest : lowest;
  const int all = properties.multiProcessorCount, percent = prompts.percent;
  if (percent == 100 || takeTurns) return sharing;
  sharing.prompts = std::max(1, all * percent / 100);
  return sharing;
}

void checkMemory(const MemoryNeed& need) {
  size_t freeBytes = 0, totalBytes = 0;
  int device = 0;
  FLOVER_CUDA(cudaGetDevice(&device));
  FLOVER_CUDA(cudaMemGetInfo(&freeBytes, &totalBytes));
  if (need.weights + need.kv <= static_cast<int64_t>(freeBytes)) return;
  const std::string who = need.ranks > 1 ? " by " + std::to_string(need.ranks) + " ranks" : "";
  throw Error("out-of-memory",
              "weights of " + std::to_string(need.weights >> 20) + " MiB and KV of " +
                  std::to_string(need.kv >> 20) + " MiB are asked for" + who + "; device " +
                  std::to_string(device) + " has " + std::to_string(freeBytes >> 20) +
                  " MiB free of " + std::to_string(totalBytes >> 20) + " MiB",
              "take fewer KV blocks, a 16-bit type or a smaller model");
}

}  // namespace flover::cuda
