// The ranks of an engine: what each has of the model, and what all share.
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "edits.h"
#include "flover/rope.h"
#include "flover/shards.h"
#include "kv-cache.h"
#include "team.h"
#include "thread-pool.h"
#include "weights.h"

namespace flover::cpu {

// One rank: its part of weights and KV, and threads of its own. Shared by the lanes.
struct Rank {
  Rank(const EngineConfig& whole, int32_t index, int threads, int32_t scratchBlocks);

  const int32_t index;
  const EngineConfig config;  // its model is this rank's
  const Range vocabulary;     // the tokens whose embeddings and logits are this rank's
  ThreadPool pool;
  Weights weights;
  KvCache cache;
  HostStore host;
};

struct World {
  // `threads` compute threads and blocks for dead rows beyond those of the config; throws
  // "rank-failed".
  World(const EngineConfig& config, int threads, int32_t scratchBlocks);

  bool alone() const { return ranks.size() == 1; }
  Rank& rank(int32_t index) const { return *ranks[static_cast<size_t>(index)]; }

  const EngineConfig config;
  const RopeTable rope;
  std::vector<std::unique_ptr<Rank>> ranks;
  std::atomic<bool> stop{false};
  WorldFailure failure;
};

}  // namespace flover::cpu
