// How much of a device may wait for other ranks: kernels that wait must leave room for what they
// wait for, on a device of one rank for its other lanes, on one of several for the other ranks too.
#pragma once
#include <cstdint>

namespace flover::cuda {

// Lanes of a world of several ranks at most: each may have a block of threads that waits.
constexpr int kMostLanes = 32;
// Rows that are summed and normalised in one kernel at most, each with a block that waits; more go
// by way of shares, where one block waits.
constexpr int kFusedRows = 64;

struct WaitingRoom {
  int lanes = kMostLanes;
  int fusedRows = kFusedRows;  // on the one lane that fuses
  bool shared = false;         // whether there are several ranks on a device
};

// What each of `ranks` ranks of a device may have, with so many lanes: where they are several, two
// blocks wait for every three multiprocessors at most. No lane is left where ranks are too many.
WaitingRoom waitingRoom(int multiprocessors, int ranks, int lanes);

}  // namespace flover::cuda
