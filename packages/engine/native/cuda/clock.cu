#include <algorithm>

#include "check.h"
#include "clock.h"

namespace flover::cuda {

namespace {

__global__ void writeClock(uint64_t* to) {
  uint64_t now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  *to = now;
  __threadfence_system();
}

}  // namespace

void stamp(uint64_t* to, cudaStream_t stream) {
  writeClock<<<1, 1, 0, stream>>>(to);
  FLOVER_CUDA(cudaGetLastError());
}

void RunClock::start(Record* scratch, cudaStream_t stream) {
  origin_ = std::chrono::steady_clock::now();
  int64_t shortest = INT64_MAX;
  for (int i = 0; i < 20; ++i) {
    const int64_t before = nowNanos();
    stamp(&scratch->startNanos, stream);
    FLOVER_CUDA(cudaStreamSynchronize(stream));
    const int64_t after = nowNanos();
    if (after - before >= shortest) continue;
    shortest = after - before;
    base_ = scratch->startNanos;
    offset_ = before + (after - before) / 2;
  }
  best_ = bestBefore_ = INT64_MAX;
  seen_ = 0;
  const auto now = std::chrono::steady_clock::now();
  offset_ -= std::chrono::duration_cast<std::chrono::nanoseconds>(now - origin_).count();
  origin_ = now;
}

void RunClock::observe(uint64_t deviceNanos) {
  const int64_t lag = nowNanos() - static_cast<int64_t>(deviceNanos - base_);
  best_ = std::min(best_, lag);
  offset_ = std::min(offset_, lag);
  if (++seen_ % kWindow != 0) return;
  if (bestBefore_ != INT64_MAX) offset_ = std::min(best_, bestBefore_);
  bestBefore_ = best_;
  best_ = INT64_MAX;
}

}  // namespace flover::cuda
