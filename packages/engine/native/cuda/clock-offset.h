// How far a device's clock is from the host's, from ends that the host sees at once or later.
#pragma once
#include <algorithm>
#include <cstdint>

namespace flover::cuda {

class ClockOffset {
 public:
  // What was measured on an idle device: host's nanoseconds minus the device's.
  void start(int64_t nanos) { *this = ClockOffset(), nanos_ = nanos; }
  int64_t nanos() const { return nanos_; }

  // An end that the host sees at `hostNanos` happened at `deviceNanos`. The host is late by chance,
  // never early: the smallest lag of this window and the one before bounds the difference, so that
  // clocks that drift apart stay together.
  void observe(int64_t hostNanos, int64_t deviceNanos) {
    const int64_t lag = hostNanos - deviceNanos;
    least_ = std::min(least_, lag);
    nanos_ = std::min(nanos_, lag);
    if (windowStart_ == INT64_MIN) windowStart_ = hostNanos;
    if (hostNanos - windowStart_ < kWindowNanos) return;
    if (leastBefore_ != INT64_MAX) nanos_ = std::min(least_, leastBefore_);
    leastBefore_ = least_;
    least_ = INT64_MAX;
    windowStart_ = hostNanos;
  }

 private:
  // Clocks of 20 parts in a million part by 5 us in it; some twenty iterations are seen.
  static constexpr int64_t kWindowNanos = 250'000'000;
  int64_t nanos_ = 0, windowStart_ = INT64_MIN;
  int64_t least_ = INT64_MAX, leastBefore_ = INT64_MAX;
};

}  // namespace flover::cuda
