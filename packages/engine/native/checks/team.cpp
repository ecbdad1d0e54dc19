// The CPU's ranks themselves: their weights, sums in one order, and a barrier that breaks.
#include "cpu/team.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "check.h"
#include "cpu/weights.h"
#include "driver.h"
#include "values.h"

using namespace flover;
using namespace flover::cpu;
using checks::values;

namespace {

WorldConfig worldOf(int32_t size) {
  WorldConfig world{size, {}, Collective::OneShot, {}};
  for (int32_t rank = 0; rank < size; ++rank) world.ranks.push_back({rank, 0});
  return world;
}

}  // namespace

CHECK("team: a rank keeps its part of a matrix and no more, loaded or synthetic") {
  constexpr int32_t kRanks = 4;
  checks::ranks = kRanks;
  const ModelConfig model = checks::tinyModel(Family::Llama, DataType::F32);
  ThreadPool pool(2);
  const auto expectPart = [&](const PackedMatrix& part, const PackedMatrix& whole, int64_t row,
                              int64_t column) {
    std::vector<float> own(static_cast<size_t>(part.inputs()));
    std::vector<float> all(static_cast<size_t>(whole.inputs()));
    for (int64_t o = 0; o < part.outputs(); ++o) {
      part.readRow(o, own.data());
      whole.readRow(row + o, all.data());
      EXPECT(std::equal(own.begin(), own.end(), all.begin() + column));
    }
  };
  for (const bool synthetic : {false, true}) {
    const auto filled = [&](int32_t rank, int32_t size) {
      Weights weights(model, rank, size, pool);
      for (const TensorSpec& spec : tensorTable(model)) {
        const std::vector<float> data = values(static_cast<size_t>(elements(spec)), 5);
        if (synthetic)
          weights.synthesize(spec, 5);
        else
          weights.load(spec, DataType::F32, data.data());
      }
      return weights;
    };
    const Weights whole = filled(0, 1);
    for (int32_t rank = 0; rank < kRanks; ++rank) {
      const Weights own = filled(rank, kRanks);
      const Range tokens = partOf(model.vocabulary, rank, kRanks);
      const int64_t rows = model.heads / kRanks * model.headDim;
      const int64_t inner = model.intermediate / kRanks;
      EXPECT_EQUAL(own.embedding().outputs(), tokens.size());
      EXPECT_EQUAL(own.layer(0).query.outputs(), rows);
      EXPECT_EQUAL(own.layer(2).down.inputs(), inner);
      expectPart(own.embedding(), whole.embedding(), tokens.begin, 0);
      expectPart(own.layer(0).query, whole.layer(0).query, rank * rows, 0);
      expectPart(own.layer(2).down, whole.layer(2).down, 0, rank * inner);
      expectPart(own.head(), whole.head(), tokens.begin, 0);
    }
  }
}

CHECK("team: a sum over the ranks has ascending order, whoever comes first, time after time") {
  constexpr int64_t kRows = 5, kWidth = 700;
  for (const int32_t size : {2, 3, 8}) {
    WorldFailure failure;
    Team team(worldOf(size), kRows, kWidth, failure);
    std::vector<std::vector<float>> parts, ys;
    for (int32_t rank = 0; rank < size; ++rank) {
      parts.push_back(values(kRows * kWidth, static_cast<uint32_t>(rank + 1)));
      ys.push_back(values(kRows * kWidth, 99));
    }
    const std::vector<float> bias = values(kWidth, 77);
    std::vector<float> wanted = ys[0];
    constexpr int kTimes = 40;
    for (int time = 0; time < kTimes; ++time) {
      for (size_t i = 0; i < wanted.size(); ++i) {
        float sum = parts[0][i];
        for (size_t rank = 1; rank < parts.size(); ++rank) sum += parts[rank][i];
        wanted[i] += sum + bias[i % kWidth];
      }
    }
    team.run([&](int32_t rank) {
      ThreadPool pool(1 + rank % 2);
      const size_t own = static_cast<size_t>(rank);
      for (int time = 0; time < kTimes; ++time) {
        std::copy(parts[own].begin(), parts[own].end(), team.communicator().part(rank));
        team.communicator().add(rank, pool, kRows, bias.data(), ys[own].data());
      }
    });
    for (const std::vector<float>& y : ys) EXPECT(y == wanted);
  }
}

CHECK("team: a rank's next part stands beside the one that others may still read") {
  Communicator communicator(1, 3, 5);
  ThreadPool pool(1);
  float y[15];
  float* const first = communicator.part(0);
  communicator.replace(0, pool, 3, y);
  float* const second = communicator.part(0);
  EXPECT(second >= first + 15 || second + 15 <= first);
  communicator.replace(0, pool, 3, y);
  EXPECT_EQUAL(communicator.part(0), first);
}

CHECK("team: a barrier that breaks turns away who waits and who comes") {
  Barrier barrier(3);
  std::atomic<int> turnedAway{0};
  const auto come = [&] {
    try {
      barrier.arrive();
    } catch (const BarrierBroken&) {
      turnedAway += 1;
    }
  };
  std::thread one(come), other(come);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));  // so that they wait, most often
  barrier.breakUp();
  one.join(), other.join();
  come();
  EXPECT_EQUAL(turnedAway.load(), 3);
}

CHECK("team: whoever fails, and wherever the others stand, all end with its error") {
  for (int32_t failing = 0; failing < 4; ++failing) {
    WorldFailure failure;
    Team team(worldOf(4), 2, 3, failure);
    const auto body = [&](int32_t rank) {
      ThreadPool pool(1);
      float y[6] = {};
      for (int time = 0; time < 20; ++time) {
        if (rank == failing && time == 7 + failing) std::vector<float>().at(5);
        team.communicator().replace(rank, pool, 2, y);
      }
    };
    const std::string message = EXPECT_ERROR("rank-failed", team.run(body));
    EXPECT(message.find("rank " + std::to_string(failing) + " of 4") == 0);
    EXPECT(message == EXPECT_ERROR("rank-failed", team.run([](int32_t) {})));
  }
}

// Sanitizers need address space of their own.
#if !defined(FLOVER_SANITIZED) && !defined(__SANITIZE_THREAD__)
namespace {

// Calls body while the process may grow by so many bytes only.
template <typename Body>
void withBytesLeft(int64_t bytes, Body body) {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit before;
  getrlimit(RLIMIT_AS, &before);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + bytes);
  setrlimit(RLIMIT_AS, &tight);
  try {
    body();
  } catch (...) {
    setrlimit(RLIMIT_AS, &before);
    throw;
  }
  setrlimit(RLIMIT_AS, &before);
}

}  // namespace

CHECK("team: where the system gives no more threads, those there end and it is an error") {
  withBytesLeft(64 << 20, [] {  // a few stacks
    WorldFailure failure;
    EXPECT(EXPECT_ERROR("out-of-threads", ThreadPool(1024)).find("compute thread") !=
           std::string::npos);
    EXPECT(EXPECT_ERROR("out-of-threads", Team(worldOf(1024), 0, 0, failure)).find("rank") !=
           std::string::npos);
  });
}

CHECK("team: ranks that run out of memory in a run end it with one error") {
  ModelConfig model = checks::tinyModel(Family::Llama, DataType::F32);
  model.layers = 18;
  model.heads = model.kvHeads = 8;
  model.headDim = 512;
  checks::Driver d(model, 300, 2, 1, 300, 4, worldOf(2));
  d.engine->add(d.sequence(0, 280, 9));
  d.place(0, 289, 0);
  d.run({{0, 0, 280, kRowSamples}});
  d.work.swaps.push_back({0, true, 280, {0}});  // 79 MiB a rank, more than a heap has in store
  withBytesLeft(8 << 20, [&] {
    const std::string message = EXPECT_ERROR("rank-failed", d.run({}));
    EXPECT(message.find(" of 2 (device 0) failed: out-of-memory: ") != std::string::npos);
  });
}
#endif

CHECK("team: closing is not a failure") {
  WorldFailure failure;
  Team team(worldOf(3), 2, 3, failure);
  bool closed = false;
  try {
    team.run([&](int32_t rank) {
      if (rank == 1) throw Closing{};
      ThreadPool pool(1);
      float y[6] = {};
      team.communicator().replace(rank, pool, 2, y);
    });
  } catch (const Closing&) {
    closed = true;
  }
  EXPECT(closed);
  failure.rethrow();
}
