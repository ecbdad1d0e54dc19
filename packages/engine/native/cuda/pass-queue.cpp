#include "pass-queue.h"

namespace flover::cuda {

void PassQueue::push(const Job& job) {
  const int32_t passes = static_cast<int32_t>(job.cuts.size());
  works_.push_back({job.record, passes, 0, job.prompts || passes > 1, job.serial});
}

bool PassQueue::holds() const {
  return !works_.empty() && works_.back().given < works_.back().passes;
}

int PassQueue::take(const Begun& begun) {
  int taken = 0;
  const QueuedWork* before = nullptr;
  for (QueuedWork& work : works_) {
    for (; work.given < work.passes; ++work.given, ++taken) {
      const QueuedWork* latest = work.given > 0 ? &work : before;
      if (work.slow && latest && !begun(latest->record, latest->given)) return taken;
    }
    if (work.serial) return taken;
    before = &work;
  }
  return taken;
}

}  // namespace flover::cuda
