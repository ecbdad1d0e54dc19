#include "../cuda/waiting-room.h"

#include <algorithm>

#include "check.h"

using flover::cuda::kFusedRows;
using flover::cuda::WaitingRoom;
using flover::cuda::waitingRoom;

CHECK("waiting room: a rank that has its device for itself is not bounded by the others") {
  for (const int multiprocessors : {16, 132}) {
    const WaitingRoom room = waitingRoom(multiprocessors, 1, 32);
    EXPECT_EQUAL(room.lanes, 32);
    EXPECT_EQUAL(room.fusedRows, kFusedRows);
  }
}

CHECK("waiting room: ranks that share a device leave a third of it to what they wait for") {
  for (int multiprocessors = 8; multiprocessors <= 200; ++multiprocessors) {
    for (int ranks = 2; ranks <= 8; ++ranks) {
      const int most = waitingRoom(multiprocessors, ranks, 1).lanes;
      for (int lanes = 1; lanes <= most; ++lanes) {
        const WaitingRoom room = waitingRoom(multiprocessors, ranks, lanes);
        const int waiting = ranks * (std::max(1, room.fusedRows) + lanes - 1);
        EXPECT(3 * waiting <= 2 * multiprocessors);
        EXPECT(room.fusedRows <= kFusedRows);
      }
    }
  }
  EXPECT_EQUAL(waitingRoom(132, 2, 2).fusedRows, 43);
  EXPECT_EQUAL(waitingRoom(132, 4, 2).fusedRows, 21);
  EXPECT_EQUAL(waitingRoom(132, 8, 2).fusedRows, 10);
  EXPECT_EQUAL(waitingRoom(132, 8, 2).lanes, 4);
}
