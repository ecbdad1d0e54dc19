// The first failure of a rank: seen by every thread, and by every kernel that waits for another
// device.
#pragma once
#include <atomic>
#include <exception>
#include <mutex>

#include "flover/model.h"
#include "memory.h"

namespace flover::cuda {

class Failure {
 public:
  // Needs the device of one of the ranks to be the thread's; a world of one takes no memory.
  explicit Failure(const WorldConfig& world);

  // The first one stays; all kernels that wait give up.
  void raise(int32_t rank, std::exception_ptr cause);
  bool raised() const { return raised_ || told() != 0; }
  // Throws the "rank-failed" of the world where there is one.
  void rethrow();

  // Pinned: not zero ends every wait. A kernel that waited too long for rank r writes r + 1.
  volatile int* flag() const { return memory_.as<volatile int>(); }

 private:
  // What the flag says; 0 where there is none.
  int told() const {
    return memory_.as() ? std::atomic_ref(*memory_.as<int>()).load(std::memory_order_acquire) : 0;
  }

  WorldConfig world_;
  PinnedBuffer memory_;
  std::mutex mutex_;
  std::atomic<bool> raised_ = false;
  std::exception_ptr error_;
};

}  // namespace flover::cuda
