// The run clock: nanoseconds since the start of a run on the host, and the device's clock brought
// onto it.
#pragma once
#include <cuda_runtime.h>

#include <chrono>
#include <cstdint>

#include "clock-offset.h"
#include "plan.h"

namespace flover::cuda {

class RunClock {
 public:
  // Starts at zero. Measures the difference of the clocks with a few tiny kernels on an idle
  // stream.
  void start(Record* scratch, cudaStream_t stream);

  int64_t nowNanos() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                                origin_)
        .count();
  }
  std::chrono::steady_clock::time_point at(int64_t nanos) const {
    return origin_ + std::chrono::nanoseconds(nanos);
  }

  // An end that the host sees now happened at `deviceNanos`.
  void observe(uint64_t deviceNanos) { offset_.observe(nowNanos(), sinceBase(deviceNanos)); }
  int64_t toRun(uint64_t deviceNanos) const { return sinceBase(deviceNanos) + offset_.nanos(); }

 private:
  int64_t sinceBase(uint64_t deviceNanos) const {
    return static_cast<int64_t>(deviceNanos - base_);
  }

  std::chrono::steady_clock::time_point origin_ = std::chrono::steady_clock::now();
  uint64_t base_ = 0;
  ClockOffset offset_;
};

// Queues a kernel that writes the device's clock to `to` (pinned).
void stamp(uint64_t* to, cudaStream_t stream);

}  // namespace flover::cuda
