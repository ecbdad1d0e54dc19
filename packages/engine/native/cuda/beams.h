// The KV of running beams follows the beams.
#pragma once
#include <vector>

#include "flover/sequences.h"
#include "kv.h"

namespace flover::cuda {

// After `advance`: the KV of each beam of the group becomes its parent's, from the first block in
// which they differ, by way of spare blocks. The sequences still hold the tokens from before.
void reorderBeams(const std::vector<Sequence*>& group, const BeamGroup& beams, KvStore& kv,
                  int blockTokens, cudaStream_t stream);

}  // namespace flover::cuda
