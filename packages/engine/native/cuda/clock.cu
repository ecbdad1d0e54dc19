// The device's clock: a kernel of one thread that writes it to pinned memory, and the measurement
// of how far it is from the host's.
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
  int64_t shortest = INT64_MAX, offset = 0;
  for (int i = 0; i < 20; ++i) {
    const int64_t before = nowNanos();
    stamp(&scratch->startNanos, stream);
    FLOVER_CUDA(cudaStreamSynchronize(stream));
    const int64_t after = nowNanos();
    if (after - before >= shortest) continue;
    shortest = after - before;
    base_ = scratch->startNanos;
    offset = before + (after - before) / 2;
  }
  const auto now = std::chrono::steady_clock::now();
  offset_.start(offset -
                std::chrono::duration_cast<std::chrono::nanoseconds>(now - origin_).count());
  origin_ = now;
}

}  // namespace flover::cuda
