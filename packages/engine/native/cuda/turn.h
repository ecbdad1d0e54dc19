// What all ranks are given at once, where none may go on before the others have done it.
#pragma once
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>

namespace flover::cuda {

class Turn {
 public:
  // At most 32 ranks.
  explicit Turn(size_t ranks) : left_(static_cast<uint32_t>((uint64_t{1} << ranks) - 1)) {}

  // By `rank`, when it has done what it was given.
  void done(size_t rank) { left_ &= ~(uint32_t{1} << rank); }

  // Until all have, or `stopped()`. The first rank that has not when `patience` is over, else none.
  template <typename Stopped>
  std::optional<size_t> wait(std::chrono::nanoseconds patience, Stopped stopped) const {
    const auto end = std::chrono::steady_clock::now() + patience;
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
