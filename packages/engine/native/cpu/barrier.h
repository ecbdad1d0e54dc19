// Where the ranks of a lane meet. It can be broken, so that nobody waits for a rank that failed.
#pragma once
#include <atomic>
#include <cstdint>

namespace flover::cpu {

// Thrown by a rank that waits for one that will not come; its failure is the cause, this is not.
struct BarrierBroken {};

class Barrier {
 public:
  explicit Barrier(int32_t ranks) : ranks_(static_cast<uint32_t>(ranks)) {}

  // Returns when all ranks have arrived; what they wrote before, all see after. Throws
  // BarrierBroken.
  void arrive();
  // For good: those who wait and those who come are turned away.
  void breakUp();

 private:
  // A phase is an even number; the lowest bit says that the barrier is broken.
  static constexpr uint32_t kBroken = 1, kNext = 2;

  const uint32_t ranks_;
  alignas(64) std::atomic<uint32_t> arrived_{0};
  alignas(64) std::atomic<uint32_t> phase_{0};
};

}  // namespace flover::cpu
