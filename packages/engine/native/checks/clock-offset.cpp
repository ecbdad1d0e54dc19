#include "../cuda/clock-offset.h"

#include <random>

#include "check.h"

using flover::cuda::ClockOffset;

namespace {

struct Errors {
  int64_t earliest = 0, latest = 0;  // of the device's times brought onto the host's clock
};

// Ends every `period` for 30 s, each seen 2 us late or much later, of a device whose clock runs
// away by `drift` in a million; after two windows.
Errors errorsOf(double drift, int64_t period) {
  constexpr int64_t first = 5'000'000;
  std::mt19937 random(7);
  std::exponential_distribution<double> late(1 / 20'000.0);
  ClockOffset offset;
  offset.start(first);
  Errors errors;
  for (int64_t host = period; host < 30'000'000'000; host += period) {
    const auto drifted = static_cast<int64_t>(static_cast<double>(host) * (1 + drift / 1e6));
    const int64_t device = drifted - first;
    offset.observe(host + 2'000 + static_cast<int64_t>(late(random)), device);
    if (host < 2 * period + 500'000'000) continue;
    const int64_t error = device + offset.nanos() - host;
    errors.earliest = std::min(errors.earliest, error);
    errors.latest = std::max(errors.latest, error);
  }
  return errors;
}

}  // namespace

CHECK("clock offset: clocks that part by 20 in a million stay within 15 us in steady decode") {
  for (const double drift : {-20.0, 0.0, 20.0}) {
    const Errors errors = errorsOf(drift, 9'000'000);
    EXPECT(errors.earliest >= -15'000);
    EXPECT(errors.latest <= 15'000);
  }
}

CHECK("clock offset: rare ends leave as much as the clocks part in two of them") {
  for (const double drift : {-20.0, 0.0, 20.0}) {
    const Errors errors = errorsOf(drift, 1'500'000'000);
    EXPECT(errors.earliest >= -65'000);
    EXPECT(errors.latest <= 200'000);  // how late the host may be, twice
  }
}
