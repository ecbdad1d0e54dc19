// A lane's passes that the device has not been given yet, and how many it may be given now: those
// of prompts one at a time, each when the device has begun the one before. A device takes some
// thousand kernels and then blocks the thread that launches more, while other lanes have work.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>

#include "job.h"

namespace flover::cuda {

class PassQueue {
 public:
  // Whether every rank's device has begun so many passes of the work of a record.
  using Begun = std::function<bool(int32_t record, int32_t passes)>;

  void push(const Job& job);
  // The oldest work has ended.
  void pop() { works_.pop_front(); }
  // Whether passes are held back.
  bool holds() const;
  // Counts the next passes that may be given now as given, and tells how many they are.
  int take(const Begun& begun);

 private:
  struct QueuedWork {
    int32_t record = 0, passes = 0, given = 0;
    bool slow = false;    // its passes go kernel by kernel
    bool serial = false;  // nothing may be given behind it
  };
  std::deque<QueuedWork> works_;
};

}  // namespace flover::cuda
