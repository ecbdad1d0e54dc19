#include "wait-limits.h"

#include <algorithm>

namespace flover::cuda {

WaitLimits waitLimitsFor(int multiprocessors, int ranks, int lanes) {
  if (ranks == 1) return {};
  const int blocks = multiprocessors * 2 / 3;
  return {std::min(kMostLanes, blocks) / ranks,
          std::clamp(blocks / ranks - (lanes - 1), 0, kFusedRows), true};
}

}  // namespace flover::cuda
