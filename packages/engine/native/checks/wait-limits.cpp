#include "../cuda/wait-limits.h"

#include <algorithm>

#include "check.h"

using flover::cuda::kFusedRows;
using flover::cuda::WaitLimits;
using flover::cuda::waitLimitsFor;

CHECK("wait limits: a rank that has its device for itself is not bounded by the others") {
  for (const int multiprocessors : {16, 132}) {
    const WaitLimits limits = waitLimitsFor(multiprocessors, 1, 32);
    EXPECT_EQUAL(limits.lanes, 32);
    EXPECT_EQUAL(limits.fusedRows, kFusedRows);
  }
}

CHECK("wait limits: ranks that share a device leave a third of it to what they wait for") {
  for (int multiprocessors = 8; multiprocessors <= 200; ++multiprocessors) {
    for (int ranks = 2; ranks <= 8; ++ranks) {
      const int most = waitLimitsFor(multiprocessors, ranks, 1).lanes;
      for (int lanes = 1; lanes <= most; ++lanes) {
        const WaitLimits limits = waitLimitsFor(multiprocessors, ranks, lanes);
        const int waiting = ranks * (std::max(1, limits.fusedRows) + lanes - 1);
        EXPECT(3 * waiting <= 2 * multiprocessors);
        EXPECT(limits.fusedRows <= kFusedRows);
      }
    }
  }
  EXPECT_EQUAL(waitLimitsFor(132, 2, 2).fusedRows, 43);
  EXPECT_EQUAL(waitLimitsFor(132, 4, 2).fusedRows, 21);
  EXPECT_EQUAL(waitLimitsFor(132, 8, 2).fusedRows, 10);
  EXPECT_EQUAL(waitLimitsFor(132, 8, 2).lanes, 4);
}
