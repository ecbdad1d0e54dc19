// How many blocks of threads may wait for other ranks on a device at once. Blocks that wait must
// leave multiprocessors free for what they wait for: the rank's other lanes and, where a device has
// several ranks, the other ranks.
#pragma once
#include <cstdint>

namespace flover::cuda {

// Lanes of a world of several ranks, at most: each may have a block that waits.
constexpr int kMostLanes = 32;
// Rows that one kernel sums and normalises, at most, each with a block that waits. More rows go by
// way of shares, where one block waits.
constexpr int kFusedRows = 64;

struct WaitLimits {
  int lanes = kMostLanes;
  int fusedRows = kFusedRows;  // on the one lane that fuses
  bool shared = false;         // whether there are several ranks on a device
};

// What each of `ranks` ranks of a device may have, with so many lanes: where they are several, two
// blocks wait for every three multiprocessors at most. No lane is left where ranks are too many.
WaitLimits waitLimitsFor(int multiprocessors, int ranks, int lanes);

}  // namespace flover::cuda
