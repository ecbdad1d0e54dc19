// What can be seen once a process only, because a device is lost or a wait is long: `peer` takes a
// rank's way to another's memory away, `silent` lets a rank's thread sleep, `silent nccl` with the
// other collective, `silent add` while no kernel waits for it but, where the ranks share a device,
// the planner does. Exits 0 where the run ends with one error.
#include <cuda_runtime.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "../../checks/driver.h"
#include "backend.h"

using namespace flover;
using namespace flover::checks;

namespace {

// Two sequences that sample from one prompt: all ranks are given the second one's tokens.
void addPair(Driver& d) {
  SequenceConfig s = d.sequence(1, 20, 9);
  s.group = GroupKind::Samples, s.groupWidth = 2;
  for (; s.groupIndex < s.groupWidth; ++s.id, ++s.groupIndex) d.engine->add(s);
}

int check(const std::string& what, const std::string& how) {
  const bool silent = what == "silent";
  ranks = 2;
  WorldConfig config = worldOfRanks();
  if (how == "nccl") config.collective = Collective::Nccl;
  if (devicesOfRanks() < 2 && (!silent || config.collective == Collective::Nccl))
    throw Skipped{"two devices are needed"};
  Driver d(tinyModel(Family::Llama, DataType::F16), 16, 64, 1, 320, 16, config);
  d.engine->add(d.sequence(0, 20, 9));
  d.place(0, 29, 0);
  d.run({{0, 0, 20, kRowSamples}});
  cuda::World& world = static_cast<cuda::CudaBackend&>(*d.engine).world();
  const int first = world[0].device;
  world[1].thread->post([silent, first] {
    if (silent)
      std::this_thread::sleep_for(std::chrono::seconds(cuda::kRankTimeoutSeconds + 3));
    else
      cudaDeviceDisablePeerAccess(first);
  });
  const auto before = std::chrono::steady_clock::now();
  try {
    if (how == "add") addPair(d);
    d.run({{0, 20, 21, kRowDecode | kRowSamples}});
    std::printf("FAILED  no error\n");
    return 1;
  } catch (const Error& error) {
    const std::chrono::duration<double> s = std::chrono::steady_clock::now() - before;
    std::printf("ok      after %.1f s, %s: %s\n", s.count(), error.code.c_str(), error.what());
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return check(count > 1 ? arguments[1] : "peer", count > 2 ? arguments[2] : "");
  } catch (const Skipped& skip) {
    std::printf("skipped: %s\n", skip.why.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::printf("FAILED  %s\n", error.what());
    return 1;
  }
}
