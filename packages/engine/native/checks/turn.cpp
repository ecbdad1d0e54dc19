#include "../cuda/turn.h"

#include <thread>
#include <vector>

#include "check.h"

using flover::cuda::Turn;
using namespace std::chrono_literals;

namespace {

const auto never = [] { return false; };

}  // namespace

CHECK("turn: it is over when the last rank is done") {
  for (const size_t ranks : {1, 2, 8, 32}) {
    Turn turn(ranks);
    std::atomic<bool> last = false;
    std::vector<std::jthread> threads;
    for (size_t rank = 1; rank < ranks; ++rank)
      threads.emplace_back([&turn, rank] { turn.done(rank); });
    threads.emplace_back([&] {
      std::this_thread::sleep_for(2ms);
      last = true;
      turn.done(0);
    });
    EXPECT(!turn.wait(1min, never));
    EXPECT(last);
  }
}

CHECK("turn: a rank that never comes is told when patience is over") {
  Turn turn(4);
  turn.done(0), turn.done(3);
  EXPECT_EQUAL(turn.wait(1ms, never).value_or(99), 1u);
  turn.done(1);
  EXPECT_EQUAL(turn.wait(0ms, never).value_or(99), 2u);
  turn.done(2);
  EXPECT(!turn.wait(0ms, never));
}

CHECK("turn: a run that has failed waits for nobody, and blames nobody") {
  const Turn turn(2);
  int looks = 0;
  EXPECT(!turn.wait(1min, [&looks] { return ++looks == 3; }));
  EXPECT_EQUAL(looks, 3);
}
