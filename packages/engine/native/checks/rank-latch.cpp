#include "../cuda/rank-latch.h"

#include <thread>
#include <vector>

#include "check.h"

using flover::cuda::RankLatch;
using namespace std::chrono_literals;

namespace {

const auto never = [] { return false; };

}  // namespace

CHECK("rank latch: it is over when the last rank is done") {
  for (const size_t ranks : {1, 2, 8, 32}) {
    RankLatch latch(ranks);
    std::atomic<bool> last = false;
    std::vector<std::jthread> threads;
    for (size_t rank = 1; rank < ranks; ++rank)
      threads.emplace_back([&latch, rank] { latch.arrive(rank); });
    threads.emplace_back([&] {
      std::this_thread::sleep_for(2ms);
      last = true;
      latch.arrive(0);
    });
    EXPECT(!latch.wait(1min, never));
    EXPECT(last);
  }
}

CHECK("rank latch: a rank that never comes is told when the time is over") {
  RankLatch latch(4);
  latch.arrive(0), latch.arrive(3);
  EXPECT_EQUAL(latch.wait(1ms, never).value_or(99), 1u);
  latch.arrive(1);
  EXPECT_EQUAL(latch.wait(0ms, never).value_or(99), 2u);
  latch.arrive(2);
  EXPECT(!latch.wait(0ms, never));
}

CHECK("rank latch: a run that has failed waits for nobody, and blames nobody") {
  const RankLatch latch(2);
  int looks = 0;
  EXPECT(!latch.wait(1min, [&looks] { return ++looks == 3; }));
  EXPECT_EQUAL(looks, 3);
}
