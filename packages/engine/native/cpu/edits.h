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

// A rank's KV of swapped-out sequences. Shared by the lanes.
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

// Brings the block tables to where the edits leave them; once a work.
void editTables(const Work& work, const EditTargets& targets);
// Carries out the edits of a rank's KV in the order of the contract, the tables being edited
// already; returns the tokens of KV carried.
int64_t editCache(const Work& work, const EditTargets& targets, KvCache& cache, HostStore& host);

}  // namespace flover::cpu
