#include "edits.h"

#include <algorithm>
#include <utility>

#include "flover/error.h"

namespace flover::cpu {

void HostStore::put(int32_t sequence, std::vector<std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  bySequence_[sequence] = std::move(bytes);
}

std::vector<std::byte> HostStore::take(int32_t sequence) {
  const std::lock_guard lock(mutex_);
  const auto found = bySequence_.find(sequence);
  if (found == bySequence_.end()) {
    throw Error("internal", "sequence " + std::to_string(sequence) + " is not in host memory");
  }
  std::vector<std::byte> bytes = std::move(found->second);
  bySequence_.erase(found);
  return bytes;
}

void HostStore::forget(int32_t sequence) {
  const std::lock_guard lock(mutex_);
  bySequence_.erase(sequence);
}

void EditTargets::resolve(const Work& work, const SequenceTable& table) {
  const auto fill = [&](std::vector<Sequence*>& targets, const auto& edits, auto id) {
    targets.clear();
    for (const auto& edit : edits) targets.push_back(&table.find(id(edit)));
  };
  fill(swaps, work.swaps, [](const Swap& edit) { return edit.sequence; });
  fill(moves, work.moves, [](const Move& edit) { return edit.sequence; });
  fill(placements, work.placements, [](const Placement& edit) { return edit.sequence; });
  fill(forksFrom, work.forks, [](const Fork& edit) { return edit.from; });
  fill(forksTo, work.forks, [](const Fork& edit) { return edit.to; });
}

void editTables(const Work& work, const EditTargets& targets) {
  for (size_t i = 0; i < work.moves.size(); ++i) {
    const Move& move = work.moves[i];
    targets.moves[i]->blocks[static_cast<size_t>(move.index)] = move.toBlock;
  }
  for (size_t i = 0; i < work.placements.size(); ++i) {
    const Placement& placement = work.placements[i];
    targets.placements[i]->blocks[static_cast<size_t>(placement.index)] = placement.block;
  }
  for (size_t i = 0; i < work.swaps.size(); ++i) {
    const Swap& swap = work.swaps[i];
    if (!swap.out)
      std::copy(swap.blocks.begin(), swap.blocks.end(), targets.swaps[i]->blocks.begin());
  }
}

int64_t editCache(const Work& work, const EditTargets& targets, KvCache& cache, HostStore& host) {
  int64_t tokens = 0;
  for (const Swap& swap : work.swaps) {
    if (!swap.out) continue;
    std::vector<std::byte> bytes;
    cache.exportTokens(swap.blocks, 0, swap.tokens, bytes);
    host.put(swap.sequence, std::move(bytes));
    tokens += swap.tokens;
  }
  for (const Move& move : work.moves) {
    cache.copyBlock(move.fromBlock, move.toBlock, move.tokens);
    tokens += move.tokens;
  }
  for (const Swap& swap : work.swaps) {
    if (swap.out) continue;
    cache.importTokens(swap.blocks, 0, swap.tokens, host.take(swap.sequence));
    tokens += swap.tokens;
  }
  for (size_t i = 0; i < work.forks.size(); ++i) {
    cache.copyTokens(targets.forksFrom[i]->blocks, targets.forksTo[i]->blocks, 0,
                     work.forks[i].tokens);
    tokens += work.forks[i].tokens;
  }
  return tokens;
}

}  // namespace flover::cpu
