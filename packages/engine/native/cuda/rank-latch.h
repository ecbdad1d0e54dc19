// A latch that every rank arrives at once: whoever waits learns which rank has not arrived.
#pragma once
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>

namespace flover::cuda {

class RankLatch {
 public:
  // At most 32 ranks.
  explicit RankLatch(size_t ranks) : left_(static_cast<uint32_t>((uint64_t{1} << ranks) - 1)) {}

  void arrive(size_t rank) { left_ &= ~(uint32_t{1} << rank); }

  // Waits until all ranks have arrived, `stopped()`, or `timeout` is over: then it gives the first
  // rank that has not arrived.
  template <typename Stopped>
  std::optional<size_t> wait(std::chrono::nanoseconds timeout, Stopped stopped) const {
    const auto end = std::chrono::steady_clock::now() + timeout;
    for (;;) {
      const bool over = std::chrono::steady_clock::now() >= end;
      const uint32_t left = left_;
      if (left == 0 || stopped()) return std::nullopt;
      if (over) return static_cast<size_t>(std::countr_zero(left));
      std::this_thread::yield();
    }
  }

 private:
  std::atomic<uint32_t> left_;  // a bit a rank
};

}  // namespace flover::cuda
