// What can be seen once a process only, because a device is lost or a wait is long: `peer` takes a
// rank's way to another's memory away, `silent` lets a rank's thread sleep, `silent nccl` with the
// other collective. Exits 0 where the run ends with one error.
#include <cuda_runtime.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "../../checks/driver.h"
#include "backend.h"

using namespace flover;
using namespace flover::checks;

int main(int count, char** arguments) {
  const bool silent = count > 1 && std::strcmp(arguments[1], "silent") == 0;
  ranks = 2;
  WorldConfig config = worldOfRanks();
  if (count > 2 && std::strcmp(arguments[2], "nccl") == 0) config.collective = Collective::Nccl;
  if (devicesOfRanks() < 2 && (!silent || config.collective == Collective::Nccl)) {
    std::printf("skipped: two devices are needed\n");
    return 0;
  }
  Driver d(tinyModel(Family::Llama, DataType::F16), 16, 64, 1, 320, 16, config);
  d.engine->add(d.sequence(0, 20, 9));
  d.place(0, 29, 0);
  d.run({{0, 0, 20, kRowSamples}});
  cuda::World& world = static_cast<cuda::CudaBackend&>(*d.engine).world();
  const int first = world[0].device;
  world[1].thread->post([silent, first] {
    if (silent)
      std::this_thread::sleep_for(std::chrono::seconds(cuda::kPatienceSeconds + 3));
    else
      cudaDeviceDisablePeerAccess(first);
  });
  const auto before = std::chrono::steady_clock::now();
  try {
    d.run({{0, 20, 21, kRowDecode | kRowSamples}});
    std::printf("FAILED  no error\n");
    return 1;
  } catch (const Error& error) {
    const std::chrono::duration<double> s = std::chrono::steady_clock::now() - before;
    std::printf("ok      after %.1f s, %s: %s\n", s.count(), error.code.c_str(), error.what());
  }
  return 0;
}
