// The KV of running beams follows the beams.
#pragma once
#include <vector>

#include "flover/sequences.h"
#include "kv.h"

namespace flover::cuda {

// A running beam of a group: its sequence, and where its KV lay in the work that has just ended.
// The sequence's own table may be a work ahead.
struct RunningBeam {
  Sequence* sequence = nullptr;
  const int32_t* blocks = nullptr;
};

// After `advance`: the KV of each beam of the group becomes its parent's, from the first block in
// which they differ, by way of spare blocks `perSequence` apart. The sequences still hold the
// tokens from before.
void reorderBeams(const std::vector<RunningBeam>& group, const BeamGroup& beams, KvStore& kv,
                  int32_t perSequence, cudaStream_t stream);

}  // namespace flover::cuda
