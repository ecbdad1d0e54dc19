#include "thread-pool.h"

#include <chrono>
#include <string>
#include <system_error>

#include "flover/pause.h"

namespace flover::cpu {
namespace {

constexpr int64_t kTurnNanos = 200'000;
constexpr int kSpins = 2000;  // about 50 to 100 us, longer than the serial work between two regions

int64_t nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Error noThread(const char* what, int number, int of) {
  return Error("out-of-threads",
               "the system gave no thread for " + std::string(what) + " " + std::to_string(number) +
                   " of " + std::to_string(of),
               "take fewer threads or ranks, or raise the limits of processes and memory");
}

ThreadPool::ThreadPool(int threads) : threads_(threads) {
  try {
    for (int worker = 1; worker < threads; ++worker)
      workers_.emplace_back([this, worker] { workerLoop(worker); });
  } catch (const std::system_error&) {
    stop();
    throw noThread("compute thread", static_cast<int>(workers_.size()) + 1, threads);
  }
}

void ThreadPool::stop() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::acquireTurn() {
  const uint32_t ticket = nextTicket_.fetch_add(1);
  for (int spin = 0;; ++spin) {
    const uint32_t serving = serving_.load();
    if (serving == ticket) return;
    if (spin < kSpins / 10) {
      pause();
    } else {
      serving_.wait(serving);
    }
  }
}

void ThreadPool::releaseTurn() {
  serving_.fetch_add(1);
  serving_.notify_all();
}

bool ThreadPool::othersWait() const {
  return nextTicket_.load(std::memory_order_relaxed) - serving_.load(std::memory_order_relaxed) > 1;
}

void ThreadPool::takeItems(int worker) {
  for (;;) {
    if (othersWait() && nanos() - startNanos_ > kTurnNanos) return;
    const int64_t item = next_.fetch_add(1, std::memory_order_relaxed);
    if (item >= items_) return;
    call_(context_, item, worker);
  }
}

void ThreadPool::runItems(int64_t items, void* context, Call call) {
  int64_t begin = 0;
  while (begin < items) {
    acquireTurn();
    items_ = items;
    context_ = context;
    call_ = call;
    startNanos_ = nanos();
    next_.store(begin);
    if (threads_ > 1 && items - begin > 1) {
      open_.store(true);
      generation_.fetch_add(1);
      generation_.notify_all();
    }
    takeItems(0);
    open_.store(false);
    while (inside_.load() != 0) pause();
    begin = next_.load();
    releaseTurn();
  }
}

void ThreadPool::workerLoop(int worker) {
  uint32_t seen = 0;
  while (!stop_.load()) {
    for (int spin = 0; generation_.load() == seen; ++spin) {
      if (spin < kSpins) {
        pause();
      } else {
        generation_.wait(seen);
      }
    }
    seen = generation_.load();
    inside_.fetch_add(1);
    if (open_.load()) takeItems(worker);
    inside_.fetch_sub(1);
  }
}

}  // namespace flover::cpu
