#include "../cuda/pass-queue.h"

#include <map>

#include "check.h"

using flover::cuda::Job;
using flover::cuda::PassQueue;

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
  int take(PassQueue& queue) {
    return queue.take([this](int32_t record, int32_t passes) { return begun[record] >= passes; });
  }
};

}  // namespace

CHECK("pass queue: decode iterations are given at once") {
  PassQueue queue;
  Device device;
  queue.push(jobOf(0, 1, false));
  queue.push(jobOf(1, 1, false));
  EXPECT_EQUAL(device.take(queue), 2);
  EXPECT(!queue.holds());
}

CHECK("pass queue: a pass of a prompt waits until the one before has begun") {
  PassQueue queue;
  Device device;
  queue.push(jobOf(3, 4, true));
  queue.push(jobOf(4, 1, true));
  for (int32_t pass = 1; pass <= 4; ++pass) {
    EXPECT_EQUAL(device.take(queue), 1);
    EXPECT_EQUAL(device.take(queue), 0);
    EXPECT(queue.holds());
    device.begun[3] = pass;
  }
  EXPECT_EQUAL(device.take(queue), 1);
  EXPECT(!queue.holds());
}

CHECK(
    "pass queue: decode of several passes is slow too, and what comes after it is given in order") {
  PassQueue queue;
  Device device;
  queue.push(jobOf(0, 2, false));
  queue.push(jobOf(1, 1, false));
  EXPECT_EQUAL(device.take(queue), 1);
  device.begun[0] = 1;
  EXPECT_EQUAL(device.take(queue), 2);
}

CHECK("pass queue: nothing is given behind a serial work until it has ended") {
  PassQueue queue;
  Device device;
  queue.push(jobOf(0, 1, false, true));
  queue.push(jobOf(1, 1, false));
  EXPECT_EQUAL(device.take(queue), 1);
  device.begun[0] = 1;
  EXPECT_EQUAL(device.take(queue), 0);
  queue.pop();
  EXPECT_EQUAL(device.take(queue), 1);
}
