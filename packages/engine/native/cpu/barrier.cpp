#include "barrier.h"

#include "flover/pause.h"

namespace flover::cpu {
namespace {

// About 10 us: longer than ranks with a core each are apart, and little to lose where they share.
constexpr int kSpins = 300;

}  // namespace

void Barrier::arrive() {
  const uint32_t phase = phase_.load();
  if (phase & kBroken) throw BarrierBroken{};
  if (arrived_.fetch_add(1) + 1 == ranks_) {
    arrived_.store(0);
    phase_.fetch_add(kNext);
    phase_.notify_all();
    return;
  }
  for (int spin = 0; phase_.load() == phase; ++spin) {
    if (spin < kSpins) {
      pause();
    } else {
      phase_.wait(phase);
    }
  }
  if (phase_.load() & kBroken) throw BarrierBroken{};
}

void Barrier::breakUp() {
  phase_.fetch_or(kBroken);
  phase_.notify_all();
}

}  // namespace flover::cpu
