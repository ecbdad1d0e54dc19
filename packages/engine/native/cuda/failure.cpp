#include "failure.h"

#include "flover/error.h"
#include "flover/shards.h"
#include "link.h"

namespace flover::cuda {

Failure::Failure(const WorldConfig& world)
    : world_(world), memory_(world.size > 1 ? sizeof(int) : 0) {}

void Failure::raise(int32_t rank, std::exception_ptr cause) {
  const std::lock_guard lock(mutex_);
  if (error_) return;
  error_ = rankFailed(world_, rank, cause);
  raised_ = true;
  if (memory_.as() && told() == 0)
    std::atomic_ref(*memory_.as<int>()).store(-1, std::memory_order_release);
}

void Failure::rethrow() {
  if (!raised()) return;
  if (!raised_) {
    const Error silent("rank-silent", "it took no part in a sum over the ranks for " +
                                          std::to_string(kRankTimeoutSeconds) + " s");
    raise(told() - 1, std::make_exception_ptr(silent));
  }
  const std::lock_guard lock(mutex_);
  std::rethrow_exception(error_);
}

}  // namespace flover::cuda
