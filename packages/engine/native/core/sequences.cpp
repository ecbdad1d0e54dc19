#include "flover/sequences.h"

#include <algorithm>
#include <string>

#include "demand.h"

namespace flover {

namespace {

constexpr const char* kWaitForLast = "wait for the end of the last work that names it";

}  // namespace

SequenceTable::SequenceTable(const EngineConfig& config)
    : config_(config),
      owner_(static_cast<size_t>(config.blocks), -1),
      ownerIndex_(static_cast<size_t>(config.blocks), 0) {
  sequences_.reserve(static_cast<size_t>(config.maxSequences) * 2);
}

bool Sequence::take(const Sampled& sampled) {
  if (sampled.token <= kUndefinedToken) {
    stopped = true;
    return false;
  }
  tokens.push_back(sampled.token);
  logProbs.push_back(sampled.logProb);
  stopped = endsHere(config, tokens);
  return stopped;
}

bool ofOneGroup(const SequenceConfig& a, const SequenceConfig& b) {
  return a.groupFirst == b.groupFirst && a.groupWidth == b.groupWidth && a.group == b.group &&
         a.maxOutputTokens == b.maxOutputTokens && a.prompt == b.prompt;
}

bool opensGroup(const SequenceConfig& s, int32_t to, int32_t flags) {
  return s.groupWidth > 1 && (flags & kRowSamples) && to == static_cast<int32_t>(s.prompt.size());
}

Sequence& SequenceTable::add(const SequenceConfig& s) {
  const auto require = [&](bool holds, const std::string& why) {
    if (!holds) throw Error("sequence-invalid", "sequence " + number(s.id) + ": " + why);
  };
  require(s.id >= 0, "its id is negative; allowed: at least 0");
  require(!sequences_.contains(s.id), "this id is known already and not yet released");
  require(sequences_.size() < static_cast<size_t>(config_.maxSequences),
          "maxSequences (" + number(config_.maxSequences) + ") are alive already");
  require(!s.prompt.empty(), "the prompt is empty; allowed: at least one token");
  require(s.maxOutputTokens >= 1,
          "maxOutputTokens is " + number(s.maxOutputTokens) + "; allowed: at least 1");
  const int64_t tokens = static_cast<int64_t>(s.prompt.size()) + s.maxOutputTokens;
  require(tokens <= config_.maxSequenceTokens, "prompt and output are " + number(tokens) +
                                                   " tokens; allowed: maxSequenceTokens (" +
                                                   number(config_.maxSequenceTokens) + ")");
  for (const int32_t token : s.prompt) {
    if (token >= 0 && token < config_.model.vocabulary) continue;
    require(false, "prompt token " + number(token) + " is not in the vocabulary; allowed: 0 to " +
                       number(config_.model.vocabulary - 1));
  }
  require(s.groupWidth >= 1 && s.groupIndex >= 0 && s.groupIndex < s.groupWidth &&
              s.groupFirst >= 0 && int64_t{s.groupFirst} + s.groupIndex == s.id,
          "groupFirst is " + number(s.groupFirst) + ", groupIndex " + number(s.groupIndex) +
              ", groupWidth " + number(s.groupWidth) +
              "; allowed: groupFirst + groupIndex is its id, groupIndex 0 to groupWidth - 1");
  require(s.group != GroupKind::Single || s.groupWidth == 1,
          "groupWidth is " + number(s.groupWidth) + "; allowed for a single request: 1");
  require(s.groupWidth <= config_.maxSequences, "its group has " + number(s.groupWidth) +
                                                    " sequences; allowed: maxSequences (" +
                                                    number(config_.maxSequences) + ")");
  checkSampling(s, config_.model.vocabulary);

  auto sequence = std::make_unique<Sequence>();
  sequence->config = s;
  const size_t tableBlocks =
      static_cast<size_t>(divideUp(config_.maxSequenceTokens, config_.blockTokens));
  sequence->plan.blocks.assign(tableBlocks, -1);
  sequence->plan.knownTokens = static_cast<int32_t>(s.prompt.size());
  sequence->blocks.assign(tableBlocks, -1);
  sequence->tokens.reserve(static_cast<size_t>(tokens) + 1);
  sequence->tokens = s.prompt;
  sequence->logProbs.reserve(static_cast<size_t>(s.maxOutputTokens));
  if (s.group == GroupKind::Beams) {
    const auto first = sequences_.find(s.groupFirst);
    require(
        s.groupIndex == 0 || (first != sequences_.end() && ofOneGroup(first->second->config, s)),
        "the first sequence of its beams, " + number(s.groupFirst) +
            ", is not known or of another request");
    sequence->beams = s.groupIndex == 0 ? std::make_shared<BeamGroup>(s, config_.model.vocabulary)
                                        : first->second->beams;
  }
  return *(sequences_[s.id] = std::move(sequence));
}

Sequence& SequenceTable::find(int32_t id) const {
  const auto found = sequences_.find(id);
  if (found == sequences_.end())
    throw Error("sequence-unknown", "sequence " + number(id) + " is not known",
                "add it before a work names it, and name it no more once it is released");
  return *found->second;
}

SequenceResult SequenceTable::result(int32_t id) const {
  const Sequence& sequence = find(id);
  if (sequence.plan.queuedWorks > 0) {
    throw Error("sequence-busy",
                "the result of sequence " + number(id) +
                    " is asked for while a queued work on lane " + number(sequence.plan.lane) +
                    " names it",
                kWaitForLast);
  }
  const SequenceConfig& config = sequence.config;
  if (sequence.beams) return sequence.beams->result(config.groupIndex);
  SequenceResult result;
  result.tokens.assign(sequence.tokens.begin() + static_cast<ptrdiff_t>(config.prompt.size()),
                       sequence.tokens.end());
  result.logProbs = sequence.logProbs;
  for (const float logProb : result.logProbs) result.score += logProb;
  return result;
}

void SequenceTable::release(int32_t id) {
  Sequence& sequence = find(id);
  if (sequence.plan.queuedWorks > 0) {
    throw Error("sequence-busy",
                "sequence " + number(id) + " is released while a queued work on lane " +
                    number(sequence.plan.lane) + " names it",
                kWaitForLast);
  }
  for (const int32_t block : sequence.plan.blocks) {
    if (block >= 0 && owner_[static_cast<size_t>(block)] == id)
      owner_[static_cast<size_t>(block)] = -1;
  }
  hostBlocksUsed_ -= divideUp(sequence.plan.hostTokens, config_.blockTokens);
  sequences_.erase(id);
}

void SequenceTable::touch(int32_t id, const Work& work, int32_t change) {
  const auto found = sequences_.find(id);
  if (found == sequences_.end()) return;
  Sequence::Plan& plan = found->second->plan;
  plan.queuedWorks += change;
  plan.lane = work.lane;
}

void SequenceTable::touchRow(const Work& work, int32_t row, Sequence& sequence, int32_t change) {
  sequence.plan.queuedWorks += change;
  sequence.plan.lane = work.lane;
  const SequenceConfig& config = sequence.config;
  const bool opens = opensGroup(config, work.to[row], work.flags[row]);
  for (int32_t i = 1; i < (opens ? config.groupWidth : 1); ++i) touch(config.id + i, work, change);
}

void SequenceTable::touchEdits(const Work& work, int32_t change) {
  for (const Swap& swap : work.swaps) touch(swap.sequence, work, change);
  for (const Move& move : work.moves) touch(move.sequence, work, change);
  for (const Placement& placement : work.placements) touch(placement.sequence, work, change);
  for (const Fork& fork : work.forks) {
    touch(fork.from, work, change);
    touch(fork.to, work, change);
  }
}

void SequenceTable::ended(const Work& work) {
  for (int32_t row = 0; row < work.rows; ++row) {
    const auto found = sequences_.find(work.sequences[row]);
    if (found != sequences_.end()) touchRow(work, row, *found->second, -1);
  }
  touchEdits(work, -1);
}

}  // namespace flover
