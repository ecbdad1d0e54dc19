// What ends a world of several ranks, and what it leaves behind.
#include <cuda_runtime.h>

#include <cstdio>

#include "../../checks/check.h"
#include "../../checks/driver.h"
#include "backend.h"

using namespace flover;
using namespace flover::checks;

namespace {

int64_t freeBytes() {
  int64_t sum = 0;
  for (int device = 0; device < devicesOfRanks(); ++device) {
    size_t free = 0, total = 0;
    cudaSetDevice(device);
    cudaMemGetInfo(&free, &total);
    sum += static_cast<int64_t>(free);
  }
  cudaSetDevice(0);
  return sum;
}

cuda::World& worldOf(Driver& d) { return static_cast<cuda::CudaBackend&>(*d.engine).world(); }

}  // namespace

CHECK_ON_RANKS("failures: a rank's thread that has ended ends the run") {
  if (ranks == 1) return;
  Driver d(tinyModel(Family::Llama, DataType::F16));
  d.engine->add(d.sequence(0, 20, 9));
  d.place(0, 29, 0);
  d.run({{0, 0, 20, kRowSamples}});
  worldOf(d)[1].thread->end();
  const std::string message = EXPECT_ERROR("rank-failed", {
    d.launch({{0, 20, 21, kDecodes}});
    d.engine->wait(-1, d.completion);
  });
  EXPECT(message.find("rank 1 of ") == 0);
}

CHECK_ON_RANKS("failures: an engine closes whose NCCL waits for a rank that has failed") {
  if (ranks == 1) return;
  WorldConfig world = worldOfRanks();
  world.collective = Collective::Nccl;
  world.failRank = ranks - 1;
  world.failWork = 2;
  try {
    Driver d(tinyModel(Family::Llama, DataType::F16), 16, 64, 2, 320, 16, world);
    d.engine->add(d.sequence(0, 20, 9));
    d.place(0, 29, 0);
    d.run({{0, 0, 20, kRowSamples}});
    d.launch({{0, 20, 21, kDecodes}});
    EXPECT_ERROR("rank-failed", d.engine->wait(-1, d.completion));
  } catch (const Error& error) {
    if (error.code != "collective-unavailable") throw;
    throw Skipped{error.what()};
  }
}

CHECK_ON_RANKS("failures: memory that one rank lacks is told with its device") {
  if (ranks == 1) return;
  { Driver first(tinyModel(Family::Llama, DataType::F16)); }
  const int device = devicesOfRanks() - 1;
  size_t free = 0, total = 0;
  cudaSetDevice(device);
  cudaMemGetInfo(&free, &total);
  void* hog = nullptr;
  EXPECT(cudaMalloc(&hog, free - (size_t{48} << 20)) == cudaSuccess);
  cudaSetDevice(0);
  ModelConfig model = tinyModel(Family::Llama, DataType::F16);
  model.hidden = 4096, model.vocabulary = 32000;
  std::string message;
  try {
    Driver second(model);
  } catch (const Error& error) {
    message = error.code + ": " + error.what();
  }
  cudaFree(hog);
  std::printf("        %s\n", message.c_str());
  EXPECT(message.find("out-of-memory") != std::string::npos);
  EXPECT(message.find("device " + std::to_string(device)) != std::string::npos);
  Driver third(model);
}

CHECK("failures: host memory that a queued swap in still takes is an error") {
  const std::vector<int32_t> blocks = {0, 1, 2, 3};
  Driver d(tinyModel(Family::Llama, DataType::F16), 16, static_cast<int32_t>(blocks.size()));
  d.engine->add(d.sequence(0, 60, 4));
  d.place(0, 60, 0);
  d.run({{0, 0, 60, kRowSamples}});
  d.work.swaps.push_back({0, true, 60, blocks});
  d.run({});
  d.work.swaps.push_back({0, false, 60, blocks});
  d.launch({});
  d.work.swaps.push_back({0, true, 60, blocks});
  const std::string message = EXPECT_ERROR("work-invalid", d.launch({}));
  EXPECT(message.find("all 4 host blocks are taken") != std::string::npos);
}

CHECK("failures: a lane refuses more works than it holds, and ends those that it has") {
  Driver d(tinyModel(Family::Llama, DataType::F16));
  for (int i = 0; i < cuda::Lane::kMostQueued; ++i) d.launch({});
  const std::string message = EXPECT_ERROR("work-invalid", d.launch({}));
  EXPECT(message.find("allowed: at most 7") != std::string::npos);
  for (int i = 0; i < cuda::Lane::kMostQueued; ++i) EXPECT(d.engine->wait(-1, d.completion));
}

CHECK_ON_RANKS("failures: 10,000 requests leave the devices' memory where it was") {
  constexpr int32_t kTogether = 16, kRounds = 625;
  Driver d(tinyModel(Family::Llama, DataType::F16), 16, 64, 2, 64);
  int64_t before = 0;
  int32_t id = 0;
  for (int32_t round = 0; round < kRounds; ++round) {
    if (round == 20) before = freeBytes();
    const int32_t first = id, lane = round % 2;
    std::vector<Row> rows;
    for (int32_t i = 0; i < kTogether; ++i, ++id) {
      d.engine->add(d.sequence(id, 3 + i, 9));
      d.place(id, 3 + i + 9, i * 4);
      rows.push_back({id, 0, 3 + i, kRowSamples});
    }
    d.run(rows, 0, lane);
    for (int32_t step = 0; step < round % 7; ++step) {
      for (Row& row : rows) row = {row.sequence, row.to, row.to + 1, kDecodes};
      d.run(rows, round % 3, round % 5 ? lane : 1 - lane);
    }
    for (int32_t k = first; k < id; ++k) d.engine->release(k);
  }
  EXPECT_EQUAL(id, 10000);
  EXPECT_EQUAL(freeBytes(), before);
}
