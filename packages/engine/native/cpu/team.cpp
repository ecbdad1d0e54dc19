#include "team.h"

#include <system_error>
#include <utility>

#include "flover/shards.h"

namespace flover::cpu {

void WorldFailure::set(std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = failure;
}

void WorldFailure::rethrow() const {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

Team::Team(const WorldConfig& world, int64_t rows, int64_t width, WorldFailure& failure)
    : world_(world),
      communicator_(world.size, world.size > 1 ? rows : 0, width),
      failure_(failure),
      thrown_(static_cast<size_t>(world.size)) {
  try {
    for (int32_t rank = 1; rank < world.size; ++rank)
      threads_.emplace_back([this, rank] { loop(rank); });
  } catch (const std::system_error&) {
    stop();
    throw noThread("rank", static_cast<int>(threads_.size()) + 1, world.size);
  }
}

void Team::stop() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Team::~Team() { stop(); }

void Team::runAll(void* context, Call call) {
  if (world_.size == 1) return call(context, 0);
  failure_.rethrow();
  context_ = context;
  call_ = call;
  running_.store(world_.size);
  generation_.fetch_add(1);
  generation_.notify_all();
  runOne(0);
  for (int32_t left = running_.load(); left != 0; left = running_.load()) running_.wait(left);
  judge();
}

void Team::runOne(int32_t rank) {
  try {
    call_(context_, rank);
  } catch (...) {
    thrown_[static_cast<size_t>(rank)] = std::current_exception();
    communicator_.breakUp();
  }
  if (running_.fetch_sub(1) == 1) running_.notify_all();
}

void Team::loop(int32_t rank) {
  uint32_t seen = 0;
  for (;;) {
    generation_.wait(seen);
    seen = generation_.load();
    if (stop_.load()) return;
    runOne(rank);
  }
}

// Of the ranks that threw, one has the cause and the others waited for it in vain.
void Team::judge() {
  std::exception_ptr cause;
  int32_t failed = -1;
  for (int32_t rank = 0; rank < world_.size; ++rank) {
    std::exception_ptr thrown = std::exchange(thrown_[static_cast<size_t>(rank)], nullptr);
    if (!thrown) continue;
    try {
      std::rethrow_exception(thrown);
    } catch (const Closing&) {
      throw;
    } catch (const BarrierBroken&) {
    } catch (...) {
      if (!cause) cause = thrown, failed = rank;
    }
  }
  if (!cause) return;
  failure_.set(rankFailed(world_, failed, cause));
  failure_.rethrow();
}

void onEachRank(const WorldConfig& world, const std::function<void(int32_t)>& body) {
  if (world.size == 1) return body(0);
  WorldFailure failure;
  Team(world, 0, 0, failure).run([&](int32_t rank) { body(rank); });
}

}  // namespace flover::cpu
