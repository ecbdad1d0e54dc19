// What happens to KV memory before a work's rows: swaps, moves, placements, forks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "flover/sequences.h"
#include "kv-cache.h"

namespace flover::cpu {

// KV of swapped-out sequences. Shared by the lanes.
class HostStore {
 public:
  void put(int32_t sequence, std::vector<std::byte> bytes);
  std::vector<std::byte> take(int32_t sequence);
  void forget(int32_t sequence);

 private:
  std::mutex mutex_;
  std::unordered_map<int32_t, std::vector<std::byte>> bySequence_;
};

// The sequences that a work names, resolved on the launching thread.
struct EditTargets {
  std::vector<Sequence*> swaps, moves, placements, forksFrom, forksTo;
  void resolve(const Work& work, const SequenceTable& table);
};

// Carries out the edits in the order of the contract; returns the bytes of KV carried.
int64_t applyEdits(const Work& work, const EditTargets& targets, KvCache& cache, HostStore& host);

}  // namespace flover::cpu
