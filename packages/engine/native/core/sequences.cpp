#include "flover/sequences.h"

#include <algorithm>
#include <string>

#include "flover/error.h"

namespace flover {
namespace {

std::string number(int64_t value) { return std::to_string(value); }

[[noreturn]] void refuseWork(const Work& work, const std::string& why) {
  throw Error("work-invalid", "work " + number(work.id) + " on lane " + number(work.lane) + ": " + why);
}

void demand(bool holds, const Work& work, const std::string& why) {
  if (!holds) refuseWork(work, why);
}

int32_t divideUp(int32_t value, int32_t by) { return (value + by - 1) / by; }

}  // namespace

SequenceTable::SequenceTable(const EngineConfig& config)
    : config_(config), owner_(static_cast<size_t>(config.blocks), -1), ownerIndex_(static_cast<size_t>(config.blocks), 0) {
  sequences_.reserve(static_cast<size_t>(config.maxSequences) * 2);
}

Sequence& SequenceTable::add(const SequenceConfig& s) {
  const auto require = [&](bool holds, const std::string& why) {
    if (!holds) throw Error("sequence-invalid", "sequence " + number(s.id) + ": " + why);
  };
  require(s.id >= 0, "ids start at 0");
  require(!sequences_.contains(s.id), "this id is already known");
  require(sequences_.size() < static_cast<size_t>(config_.maxSequences),
          "maxSequences (" + number(config_.maxSequences) + ") are alive already");
  require(!s.prompt.empty(), "the prompt is empty");
  require(s.maxOutputTokens >= 1, "maxOutputTokens is " + number(s.maxOutputTokens) + "; allowed: at least 1");
  const int64_t tokens = static_cast<int64_t>(s.prompt.size()) + s.maxOutputTokens;
  require(tokens <= config_.maxSequenceTokens,
          "prompt and output are " + number(tokens) + " tokens; allowed: maxSequenceTokens (" +
              number(config_.maxSequenceTokens) + ")");
  for (const int32_t token : s.prompt) {
    require(token >= 0 && token < config_.model.vocabulary,
            "prompt token " + number(token) + " is not in the vocabulary of " + number(config_.model.vocabulary));
  }
  require(s.groupWidth >= 1 && s.groupIndex >= 0 && s.groupIndex < s.groupWidth && s.groupFirst >= 0 &&
              int64_t{s.groupFirst} + s.groupIndex == s.id,
          "place " + number(s.groupIndex) + " of " + number(s.groupWidth) + " from " + number(s.groupFirst) +
              " does not fit");
  require(s.group != GroupKind::Single || s.groupWidth == 1, "a single request has one sequence");
  checkSampling(s, config_.model.vocabulary);

  auto sequence = std::make_unique<Sequence>();
  sequence->config = s;
  const size_t tableBlocks = static_cast<size_t>(divideUp(config_.maxSequenceTokens, config_.blockTokens));
  sequence->plan.blocks.assign(tableBlocks, -1);
  sequence->plan.knownTokens = static_cast<int32_t>(s.prompt.size());
  sequence->blocks.assign(tableBlocks, -1);
  sequence->tokens.reserve(static_cast<size_t>(tokens) + 1);
  sequence->tokens = s.prompt;
  sequence->logProbs.reserve(static_cast<size_t>(s.maxOutputTokens));
  if (s.group == GroupKind::Beams) {
    const auto first = sequences_.find(s.groupFirst);
    require(s.groupIndex == 0 || (first != sequences_.end() && first->second->beams != nullptr),
            "the first sequence of its beams, " + number(s.groupFirst) + ", is not known");
    sequence->beams = s.groupIndex == 0 ? std::make_shared<BeamGroup>(s, config_.model.vocabulary)
                                        : first->second->beams;
  }
  return *(sequences_[s.id] = std::move(sequence));
}

Sequence& SequenceTable::find(int32_t id) const {
  const auto found = sequences_.find(id);
  if (found == sequences_.end()) throw Error("sequence-unknown", "sequence " + number(id) + " is not known");
  return *found->second;
}

void SequenceTable::release(int32_t id) {
  Sequence& sequence = find(id);
  if (sequence.plan.queuedWorks > 0) {
    throw Error("sequence-busy", "sequence " + number(id) + " is released while a queued work names it");
  }
  for (const int32_t block : sequence.plan.blocks) {
    if (block >= 0 && owner_[static_cast<size_t>(block)] == id) owner_[static_cast<size_t>(block)] = -1;
  }
  hostBlocksUsed_ -= divideUp(sequence.plan.hostTokens, config_.blockTokens);
  sequences_.erase(id);
}

// A block may be taken over from a sequence that was preempted or moved, never from one that a queued work reads.
void SequenceTable::takeBlock(Sequence& sequence, int32_t index, int32_t block, const Work& work) {
  const int32_t id = sequence.config.id;
  demand(block >= 0 && block < config_.blocks, work,
         "block " + number(block) + " does not exist; there are " + number(config_.blocks));
  demand(index >= 0 && static_cast<size_t>(index) < sequence.plan.blocks.size(), work,
         "sequence " + number(id) + " has no block index " + number(index));
  const int32_t owner = owner_[static_cast<size_t>(block)];
  if (owner >= 0 && owner != id) {
    const auto found = sequences_.find(owner);
    if (found != sequences_.end()) {
      Sequence::Plan& plan = found->second->plan;
      const int32_t at = ownerIndex_[static_cast<size_t>(block)];
      demand(plan.queuedWorks == 0 || plan.lane == work.lane, work,
             "block " + number(block) + " is given to sequence " + number(id) + " while a queued work on lane " +
                 number(plan.lane) + " has sequence " + number(owner) + " in it");
      plan.blocks[static_cast<size_t>(at)] = -1;
      plan.kvTokens = std::min(plan.kvTokens, at * config_.blockTokens);
    }
  }
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
    if (block >= 0 && owner_[static_cast<size_t>(block)] == sequence.config.id) owner_[static_cast<size_t>(block)] = -1;
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
         work, "a swap of " + who + " has " + number(swap.tokens) + " tokens in " +
                   number(static_cast<int64_t>(swap.blocks.size())) + " blocks");
  if (!swap.out) {
    demand(plan.hostTokens == swap.tokens, work, who + " has " + number(plan.hostTokens) +
                                                     " tokens in host memory, " + number(swap.tokens) + " are asked for");
    for (size_t i = 0; i < swap.blocks.size(); ++i) {
      takeBlock(sequence, static_cast<int32_t>(i), swap.blocks[i], work);
    }
    hostBlocksUsed_ -= count;
    plan.hostTokens = 0;
    plan.kvTokens = swap.tokens;
    return;
  }
  demand(plan.hostTokens == 0 && swap.tokens <= plan.kvTokens, work,
         who + " has " + number(plan.kvTokens) + " tokens of KV, " + number(swap.tokens) + " are swapped out");
  for (size_t i = 0; i < swap.blocks.size(); ++i) {
    demand(plan.blocks[i] == swap.blocks[i], work, who + " does not live in block " + number(swap.blocks[i]));
  }
  hostBlocksUsed_ += count;
  demand(hostBlocksUsed_ <= config_.hostBlocks, work,
         "host memory holds " + number(config_.hostBlocks) + " blocks, " + number(hostBlocksUsed_) + " are needed");
  disown(sequence);
  plan.hostTokens = swap.tokens;
}

void SequenceTable::planEdits(const Work& work) {
  for (const Swap& swap : work.swaps) {
    if (swap.out) planSwap(work, swap);
  }
  for (const Move& move : work.moves) {
    Sequence& sequence = find(move.sequence);
    const bool known = move.index >= 0 && static_cast<size_t>(move.index) < sequence.plan.blocks.size() &&
                       sequence.plan.blocks[static_cast<size_t>(move.index)] == move.fromBlock && move.fromBlock >= 0;
    demand(known && move.tokens >= 0 && move.tokens <= config_.blockTokens, work,
           "sequence " + number(move.sequence) + " does not hold " + number(move.tokens) + " tokens in block " +
               number(move.fromBlock) + " at index " + number(move.index));
    takeBlock(sequence, move.index, move.toBlock, work);
  }
  for (const Placement& placement : work.placements) {
    Sequence& sequence = find(placement.sequence);
    // A second beginning: the sequence was preempted meanwhile, and what its table still says is void.
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
    demand(from.config.groupFirst == to.config.groupFirst && fork.from != fork.to, work, who + ": not of one group");
    demand(fork.tokens >= 0 && fork.tokens <= from.plan.kvTokens, work,
           who + ": " + number(fork.tokens) + " tokens of " + number(from.plan.kvTokens));
    for (int32_t i = 0; i < divideUp(fork.tokens, config_.blockTokens); ++i) {
      demand(to.plan.blocks[static_cast<size_t>(i)] >= 0, work, who + ": no block at index " + number(i));
    }
    to.plan.kvTokens = fork.tokens;
  }
}

void SequenceTable::planRow(const Work& work, int32_t row, Sequence& sequence) {
  Sequence::Plan& plan = sequence.plan;
  const int32_t from = work.from[row], to = work.to[row], flags = work.flags[row];
  const std::string who = "row " + number(row) + ", sequence " + number(sequence.config.id) + ", tokens " +
                          number(from) + " to " + number(to) + ": ";
  demand((flags & ~(kRowDecode | kRowSamples)) == 0, work, who + "unknown flags " + number(flags));
  demand(from >= 0 && from < to && to <= config_.maxSequenceTokens, work, who + "not a range");
  demand(from <= plan.kvTokens, work, who + "KV stands up to " + number(plan.kvTokens));
  demand(to <= plan.knownTokens, work, who + "tokens are known up to " + number(plan.knownTokens));
  demand(!(flags & kRowDecode) || to == from + 1, work, who + "a decode row has one token");
  for (int32_t i = 0; i < divideUp(to, config_.blockTokens); ++i) {
    demand(plan.blocks[static_cast<size_t>(i)] >= 0, work, who + "no block at index " + number(i));
  }
  plan.kvTokens = to;
  if (!(flags & kRowSamples)) return;
  demand(to == plan.knownTokens, work, who + "the token after it is known already");
  const int32_t promptTokens = static_cast<int32_t>(sequence.config.prompt.size());
  demand(to - promptTokens < sequence.config.maxOutputTokens, work,
         who + "all " + number(sequence.config.maxOutputTokens) + " tokens have been sampled");
  plan.knownTokens += 1;
  const bool opensGroup = sequence.config.groupWidth > 1 && to == promptTokens;
  if (!opensGroup) return;
  demand(sequence.config.groupIndex == 0, work, who + "only the first of a group samples after the prompt");
  for (int32_t i = 1; i < sequence.config.groupWidth; ++i) {
    find(sequence.config.groupFirst + i).plan.knownTokens = to + 1;
  }
}

void SequenceTable::touch(int32_t id, const Work& work, int32_t change) {
  const auto found = sequences_.find(id);
  if (found == sequences_.end()) return;
  Sequence::Plan& plan = found->second->plan;
  plan.queuedWorks += change;
  plan.lane = work.lane;
}

void SequenceTable::touchAll(const Work& work, int32_t change) {
  for (int32_t row = 0; row < work.rows; ++row) {
    const auto found = sequences_.find(work.sequences[row]);
    if (found == sequences_.end()) continue;
    const SequenceConfig& config = found->second->config;
    const bool opensGroup = config.groupWidth > 1 && config.groupIndex == 0 && (work.flags[row] & kRowSamples) &&
                            work.to[row] == static_cast<int32_t>(config.prompt.size());
    for (int32_t i = 0; i < (opensGroup ? config.groupWidth : 1); ++i) touch(config.id + i, work, change);
  }
  for (const Swap& swap : work.swaps) touch(swap.sequence, work, change);
  for (const Move& move : work.moves) touch(move.sequence, work, change);
  for (const Placement& placement : work.placements) touch(placement.sequence, work, change);
  for (const Fork& fork : work.forks) {
    touch(fork.from, work, change);
    touch(fork.to, work, change);
  }
}

void SequenceTable::plan(const Work& work, std::vector<Sequence*>& rows) {
  demand(work.lane >= 0 && work.lane < config_.lanes, work, "there are " + number(config_.lanes) + " lanes");
  demand(work.deadRows >= 0 && work.deadRows <= std::min(config_.blocks, config_.maxSequences), work,
         number(work.deadRows) + " dead rows");
  const auto free = [&](int32_t id) {
    const Sequence::Plan& plan = find(id).plan;
    demand(plan.queuedWorks == 0 || plan.lane == work.lane, work,
           "sequence " + number(id) + " is in a queued work on lane " + number(plan.lane));
  };
  rows.clear();
  int64_t newTokens = 0;
  for (int32_t row = 0; row < work.rows; ++row) {
    free(work.sequences[row]);
    Sequence& sequence = find(work.sequences[row]);
    demand(std::find(rows.begin(), rows.end(), &sequence) == rows.end(), work,
           "sequence " + number(sequence.config.id) + " stands in two rows");
    rows.push_back(&sequence);
    newTokens += int64_t{work.to[row]} - work.from[row];
  }
  demand(newTokens <= config_.maxRowTokens, work, number(newTokens) + " new tokens; allowed: maxRowTokens (" +
                                                      number(config_.maxRowTokens) + ")");
  for (const Swap& swap : work.swaps) free(swap.sequence);
  for (const Move& move : work.moves) free(move.sequence);
  for (const Placement& placement : work.placements) free(placement.sequence);
  for (const Fork& fork : work.forks) free(fork.from), free(fork.to);
  planEdits(work);
  for (int32_t row = 0; row < work.rows; ++row) planRow(work, row, *rows[static_cast<size_t>(row)]);
  planGroups(work, rows);
  touchAll(work, 1);
}

void SequenceTable::planGroups(const Work& work, const std::vector<Sequence*>& rows) const {
  for (int32_t row = 0; row < work.rows; ++row) {
    const SequenceConfig& config = rows[static_cast<size_t>(row)]->config;
    const bool samples = (work.flags[row] & kRowSamples) != 0;
    if (config.group != GroupKind::Beams || !samples || config.groupIndex != 0) continue;
    if (work.to[row] == static_cast<int32_t>(config.prompt.size())) continue;
    for (int32_t i = 1; i < config.groupWidth; ++i) {
      const bool follows = row + i < work.rows && work.sequences[row + i] == config.id + i &&
                           work.to[row + i] == work.to[row] && (work.flags[row + i] & kRowSamples);
      demand(follows, work, "the beams from sequence " + number(config.id) + " on must stand in rows one after another");
    }
  }
  for (int32_t row = 0; row < work.rows; ++row) {
    const SequenceConfig& config = rows[static_cast<size_t>(row)]->config;
    if (config.group != GroupKind::Beams || config.groupIndex == 0 || !(work.flags[row] & kRowSamples)) continue;
    const bool led = row >= config.groupIndex && work.sequences[row - config.groupIndex] == config.groupFirst;
    demand(led, work, "beam " + number(config.id) + " samples without the first of its group");
  }
}

void SequenceTable::ended(const Work& work) { touchAll(work, -1); }

}  // namespace flover
