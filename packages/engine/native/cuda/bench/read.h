// The read bandwidth of the thread's device: what every share of a roof is measured against.
#pragma once

namespace flover::bench {

// GB/s of 16-byte loads over 8 GiB, the best of several; throws flover::Error.
double readGigabytesPerSecond();

}  // namespace flover::bench
