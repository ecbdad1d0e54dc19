// Compute threads that lanes share.
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "check.h"
#include "cpu/thread-pool.h"

using flover::cpu::ThreadPool;

CHECK("pool: every item once, lanes side by side") {
  ThreadPool pool(3);
  std::vector<std::thread> lanes;
  std::atomic<bool> wrong{false};
  for (int lane = 0; lane < 4; ++lane) {
    lanes.emplace_back([&] {
      for (int64_t round = 0; round < 200; ++round) {
        std::vector<std::atomic<int>> seen(static_cast<size_t>(round % 37 + 1));
        pool.run(static_cast<int64_t>(seen.size()), [&](int64_t item, int) {
          seen[static_cast<size_t>(item)] += 1;
          if (round % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
        });
        for (const std::atomic<int>& count : seen) wrong = wrong || count != 1;
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
  EXPECT(!wrong);
}

CHECK("pool: a long region lets another lane in before it ends") {
  ThreadPool pool(2);
  std::atomic<bool> begun{false}, served{false}, inTime{false};
  std::thread other([&] {
    while (!begun) std::this_thread::yield();
    pool.run(1, [&](int64_t, int) { served = true; });
  });
  pool.run(1000, [&](int64_t item, int) {
    begun = true;
    if (!served) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (item == 999) inTime = served.load();
  });
  other.join();
  EXPECT(inTime);
}
