#include "../cuda/pace.h"

#include <map>

#include "check.h"

using flover::cuda::Job;
using flover::cuda::Pace;

namespace {

Job jobOf(int32_t record, size_t passes, bool prompts, bool serial = false) {
  Job job;
  job.record = record;
  job.cuts.resize(passes);
  job.prompts = prompts;
  job.serial = serial;
  return job;
}

// A device that comes to what it is told to have come to.
struct Device {
  std::map<int32_t, int32_t> begun;
  int take(Pace& pace) {
    return pace.take(
        [this](int32_t record, int32_t passes) { return begun[record] >= passes; });
  }
};

}  // namespace

CHECK("pace: decode iterations are given at once") {
  Pace pace;
  Device device;
  pace.push(jobOf(0, 1, false));
  pace.push(jobOf(1, 1, false));
  EXPECT_EQUAL(device.take(pace), 2);
  EXPECT(!pace.holds());
}

CHECK("pace: a pass of a prompt waits until the one before has begun") {
  Pace pace;
  Device device;
  pace.push(jobOf(3, 4, true));
  pace.push(jobOf(4, 1, true));
  for (int32_t pass = 1; pass <= 4; ++pass) {
    EXPECT_EQUAL(device.take(pace), 1);
    EXPECT_EQUAL(device.take(pace), 0);
    EXPECT(pace.holds());
    device.begun[3] = pass;
  }
  EXPECT_EQUAL(device.take(pace), 1);
  EXPECT(!pace.holds());
}

CHECK("pace: decode of several passes is slow too, and what comes after it is given in order") {
  Pace pace;
  Device device;
  pace.push(jobOf(0, 2, false));
  pace.push(jobOf(1, 1, false));
  EXPECT_EQUAL(device.take(pace), 1);
  device.begun[0] = 1;
  EXPECT_EQUAL(device.take(pace), 2);
}

CHECK("pace: nothing is given behind a serial work until it has ended") {
  Pace pace;
  Device device;
  pace.push(jobOf(0, 1, false, true));
  pace.push(jobOf(1, 1, false));
  EXPECT_EQUAL(device.take(pace), 1);
  device.begun[0] = 1;
  EXPECT_EQUAL(device.take(pace), 0);
  pace.pop();
  EXPECT_EQUAL(device.take(pace), 1);
}
