// What the threads of the ranks are given to do.
#include <chrono>
#include <memory>
#include <string>

#include "flover/error.h"
#include "rank-latch.h"
#include "world.h"

namespace flover::cuda {

void World::each(const std::function<void(Rank&)>& task) {
  for (size_t i = 0; i < size(); ++i) {
    Rank& rank = *ranks_[i];
    post(i, [&task, &rank] { task(rank); });
  }
  finish();
}

void World::release(const std::function<void(Rank&)>& task) {
  for (const auto& rank : ranks_) {
    const auto quietly = [&task, &rank] {
      try {
        task(*rank);
      } catch (...) {
        cudaGetLastError();
      }
    };
    if (rank->thread->post(quietly)) continue;
    cudaSetDevice(rank->device);
    quietly();
  }
  for (const auto& rank : ranks_) rank->thread->finish();
}

RankThread::Task World::guarded(size_t i, std::function<void()> task) {
  return [this, index = ranks_[i]->index, task = std::move(task)] {
    if (failure_.raised()) return;
    try {
      task();
    } catch (...) {
      failure_.raise(index, std::current_exception());
    }
  };
}

void World::defer(size_t i, std::function<void()> task) {
  ranks_[i]->thread->defer(guarded(i, std::move(task)));
}

void World::post(size_t i, std::function<void()> task) {
  if (ranks_[i]->thread->post(guarded(i, std::move(task)))) return;
  const int32_t index = ranks_[i]->index;
  failure_.raise(index, std::make_exception_ptr(Error("rank-ended", "its thread has ended")));
}

void World::rouse() {
  for (const auto& rank : ranks_) rank->thread->rouse();
}

void World::give(const std::function<void(size_t)>& task) {
  const std::shared_ptr<RankLatch> latch =
      waitLimits_.shared ? std::make_shared<RankLatch>(size()) : nullptr;
  for (size_t i = 0; i < size(); ++i) {
    post(i, [task, i, latch] {
      task(i);
      if (latch) latch->arrive(i);
    });
  }
  if (!latch) return;
  const auto silent =
      latch->wait(std::chrono::seconds(kRankTimeoutSeconds), [this] { return failure_.raised(); });
  if (!silent) return;
  const Error error("rank-silent", "it has not done what all ranks were given for " +
                                       std::to_string(kRankTimeoutSeconds) + " s");
  failure_.raise(ranks_[*silent]->index, std::make_exception_ptr(error));
}

void World::finish() {
  for (size_t i = 0; i < size(); ++i) {
    if (ranks_[i]->thread->finish()) continue;
    failure_.raise(ranks_[i]->index,
                   std::make_exception_ptr(Error("rank-ended", "its thread has ended")));
  }
  failure_.rethrow();
}

}  // namespace flover::cuda
