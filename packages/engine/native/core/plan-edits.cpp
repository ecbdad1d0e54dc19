// Block tables and host memory in the plan: placements, moves, swaps, forks.
#include <algorithm>
#include <string>

#include "demand.h"
#include "flover/sequences.h"

namespace flover {

// A block may be taken over from a sequence that was preempted or moved, never from one that a
// queued work reads.
void SequenceTable::takeBlock(Sequence& sequence, int32_t index, int32_t block, const Work& work) {
  const int32_t id = sequence.config.id;
  demand(block >= 0 && block < config_.blocks, work,
         "block " + number(block) + " does not exist; allowed: 0 to " + number(config_.blocks - 1));
  demand(index >= 0 && static_cast<size_t>(index) < sequence.plan.blocks.size(), work,
         "sequence " + number(id) + " has no block index " + number(index) + "; allowed: 0 to " +
             number(static_cast<int64_t>(sequence.plan.blocks.size()) - 1));
  const int32_t owner = owner_[static_cast<size_t>(block)];
  if (owner >= 0 && owner != id) {
    const auto found = sequences_.find(owner);
    if (found != sequences_.end()) {
      Sequence::Plan& plan = found->second->plan;
      const int32_t at = ownerIndex_[static_cast<size_t>(block)];
      demand(plan.queuedWorks == 0 || plan.lane == work.lane, work,
             "block " + number(block) + " is given to sequence " + number(id) +
                 " while a queued work on lane " + number(plan.lane) + " has sequence " +
                 number(owner) + " in it");
      plan.blocks[static_cast<size_t>(at)] = -1;
      plan.kvTokens = std::min(plan.kvTokens, at * config_.blockTokens);
    }
  }
  const int32_t at = ownerIndex_[static_cast<size_t>(block)];
  demand(owner != id || at == index || sequence.plan.blocks[static_cast<size_t>(at)] != block, work,
         "block " + number(block) + " is given to sequence " + number(id) + " at index " +
             number(index) + " and holds its index " + number(at) + " already");
  const int32_t before = sequence.plan.blocks[static_cast<size_t>(index)];
  if (before >= 0 && before != block && owner_[static_cast<size_t>(before)] == id) {
    owner_[static_cast<size_t>(before)] = -1;
  }
  owner_[static_cast<size_t>(block)] = id;
  ownerIndex_[static_cast<size_t>(block)] = index;
  sequence.plan.blocks[static_cast<size_t>(index)] = block;
}

// The sequence holds no memory any more, be it in use or only set aside for it.
void SequenceTable::disown(Sequence& sequence) {
  for (int32_t& block : sequence.plan.blocks) {
    if (block >= 0 && owner_[static_cast<size_t>(block)] == sequence.config.id)
      owner_[static_cast<size_t>(block)] = -1;
    block = -1;
  }
  sequence.plan.kvTokens = 0;
}

void SequenceTable::planSwap(const Work& work, const Swap& swap) {
  Sequence& sequence = find(swap.sequence);
  Sequence::Plan& plan = sequence.plan;
  const std::string who = "sequence " + number(swap.sequence);
  const int32_t count = divideUp(swap.tokens, config_.blockTokens);
  demand(swap.tokens >= 0 && static_cast<size_t>(count) <= swap.blocks.size() &&
             swap.blocks.size() <= plan.blocks.size(),
         work,
         "a swap of " + who + " has " + number(swap.tokens) + " tokens in " +
             number(static_cast<int64_t>(swap.blocks.size())) + " blocks");
  if (!swap.out) {
    demand(plan.hostTokens == swap.tokens, work,
           who + " has " + number(plan.hostTokens) + " tokens in host memory, " +
               number(swap.tokens) + " are asked for");
    for (size_t i = 0; i < swap.blocks.size(); ++i) {
      takeBlock(sequence, static_cast<int32_t>(i), swap.blocks[i], work);
    }
    hostBlocksUsed_ -= count;
    plan.hostTokens = 0;
    plan.kvTokens = swap.tokens;
    return;
  }
  demand(plan.hostTokens == 0 && swap.tokens <= plan.kvTokens, work,
         who + " has " + number(plan.kvTokens) + " tokens of KV, " + number(swap.tokens) +
             " are swapped out");
  for (size_t i = 0; i < swap.blocks.size(); ++i) {
    demand(plan.blocks[i] == swap.blocks[i], work,
           who + " does not live in block " + number(swap.blocks[i]));
  }
  const int32_t needed = hostBlocksUsed_ + count;
  demand(needed <= config_.hostBlocks, work,
         "host memory holds " + number(config_.hostBlocks) + " blocks, " + number(needed) +
             " are needed");
  hostBlocksUsed_ = needed;
  disown(sequence);
  plan.hostTokens = swap.tokens;
}

void SequenceTable::planEdits(const Work& work) {
  for (const Swap& swap : work.swaps) {
    if (swap.out) planSwap(work, swap);
  }
  for (const Move& move : work.moves) {
    Sequence& sequence = find(move.sequence);
    const bool known = move.index >= 0 &&
                       static_cast<size_t>(move.index) < sequence.plan.blocks.size() &&
                       sequence.plan.blocks[static_cast<size_t>(move.index)] == move.fromBlock &&
                       move.fromBlock >= 0;
    demand(known && move.tokens >= 0 && move.tokens <= config_.blockTokens, work,
           "sequence " + number(move.sequence) + " does not hold " + number(move.tokens) +
               " tokens in block " + number(move.fromBlock) + " at index " + number(move.index));
    takeBlock(sequence, move.index, move.toBlock, work);
  }
  for (const Placement& placement : work.placements) {
    Sequence& sequence = find(placement.sequence);
    // A new start: the sequence was preempted meanwhile, and what its table still says is
    // void.
    if (placement.index == 0) disown(sequence);
    takeBlock(sequence, placement.index, placement.block, work);
  }
  for (const Swap& swap : work.swaps) {
    if (!swap.out) planSwap(work, swap);
  }
  for (const Fork& fork : work.forks) {
    Sequence& from = find(fork.from);
    Sequence& to = find(fork.to);
    const std::string who = "a fork of sequence " + number(fork.from) + " to " + number(fork.to);
    demand(from.config.groupFirst == to.config.groupFirst && fork.from != fork.to, work,
           who + ": not of one group");
    demand(fork.tokens >= 0 && fork.tokens <= from.plan.kvTokens, work,
           who + ": " + number(fork.tokens) + " tokens of " + number(from.plan.kvTokens));
    for (int32_t i = 0; i < divideUp(fork.tokens, config_.blockTokens); ++i) {
      demand(to.plan.blocks[static_cast<size_t>(i)] >= 0, work,
             who + ": no block at index " + number(i));
    }
    to.plan.kvTokens = fork.tokens;
  }
}

}  // namespace flover
