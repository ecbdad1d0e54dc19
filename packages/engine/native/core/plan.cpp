// Checks works against the plan of all sequences, and adds them to it.
#include <algorithm>
#include <string>

#include "demand.h"
#include "flover/sequences.h"

namespace flover {

void SequenceTable::planRow(const Work& work, int32_t row, Sequence& sequence) {
  Sequence::Plan& plan = sequence.plan;
  const int32_t from = work.from[row], to = work.to[row], flags = work.flags[row];
  const auto who = [&] {
    return "row " + number(row) + ", sequence " + number(sequence.config.id) + ", tokens " +
           number(from) + " to " + number(to) + ": ";
  };
  demand((flags & ~(kRowDecode | kRowSamples)) == 0, work,
         who() + "flags are " + number(flags) + "; allowed: 0 to 3");
  demand(
      from >= 0 && from < to && to <= config_.maxSequenceTokens, work,
      who() + "not a range within maxSequenceTokens (" + number(config_.maxSequenceTokens) + ")");
  demand(from <= plan.kvTokens, work, who() + "KV is written up to token " + number(plan.kvTokens));
  demand(to <= plan.knownTokens, work,
         who() + "tokens are known up to " + number(plan.knownTokens));
  demand(!(flags & kRowDecode) || to == from + 1, work, who() + "a decode row has one token");
  for (int32_t i = 0; i < divideUp(to, config_.blockTokens); ++i) {
    demand(plan.blocks[static_cast<size_t>(i)] >= 0, work,
           who() + "no block at index " + number(i));
  }
  plan.kvTokens = to;
  if (!(flags & kRowSamples)) return;
  demand(to == plan.knownTokens, work, who() + "the token after it is known already");
  const int32_t promptTokens = static_cast<int32_t>(sequence.config.prompt.size());
  demand(to - promptTokens < sequence.config.maxOutputTokens, work,
         who() + "all " + number(sequence.config.maxOutputTokens) + " tokens have been sampled");
  plan.knownTokens += 1;
  if (!opensGroup(sequence.config, to, flags)) return;
  demand(sequence.config.groupIndex == 0, work,
         who() + "only the first of a group samples after the prompt");
  for (int32_t i = 1; i < sequence.config.groupWidth; ++i) {
    Sequence& member = find(sequence.config.groupFirst + i);
    demand(ofOneGroup(sequence.config, member.config), work,
           who() + "sequence " + number(member.config.id) + " is not of its group");
    demand(member.plan.queuedWorks == 0 || member.plan.lane == work.lane, work,
           who() + "sequence " + number(member.config.id) + " of its group is in a queued work");
    member.plan.knownTokens = to + 1;
  }
}

void SequenceTable::planOpening(const Work& work, const SequenceConfig& first) const {
  for (int32_t row = 0; row < work.rows; ++row) {
    const int32_t id = work.sequences[row];
    demand(
        id <= first.id || id >= first.id + first.groupWidth, work,
        "sequence " + number(id) + " has no token before the work that opens its group has ended");
  }
}

void SequenceTable::planBeam(const Work& work, int32_t row, const SequenceConfig& beam) const {
  const auto samples = [&](int32_t other) { return (work.flags[other] & kRowSamples) != 0; };
  if (!samples(row)) return;
  if (beam.groupIndex > 0) {
    const int32_t first = row - beam.groupIndex;
    demand(first >= 0 && work.sequences[first] == beam.groupFirst && samples(first), work,
           "beam " + number(beam.id) + " samples without the first of its group");
    return;
  }
  for (int32_t i = 1; i < beam.groupWidth; ++i) {
    const int32_t other = row + i;
    demand(
        other < work.rows && work.sequences[other] == beam.id + i &&
            work.to[other] == work.to[row] && samples(other),
        work,
        "the beams from sequence " + number(beam.id) + " on must stand in rows one after another");
  }
}

void SequenceTable::planGroups(const Work& work, const std::vector<Sequence*>& rows) const {
  for (int32_t row = 0; row < work.rows; ++row) {
    const SequenceConfig& config = rows[static_cast<size_t>(row)]->config;
    if (opensGroup(config, work.to[row], work.flags[row]))
      planOpening(work, config);
    else if (config.group == GroupKind::Beams)
      planBeam(work, row, config);
  }
}

void SequenceTable::plan(const Work& work, std::vector<Sequence*>& rows) {
  demand(work.lane >= 0 && work.lane < config_.lanes, work,
         "there is no such lane; allowed: 0 to " + number(config_.lanes - 1));
  const int32_t mostDead = std::min(config_.blocks, config_.maxSequences);
  demand(work.deadRows >= 0 && work.deadRows <= mostDead, work,
         "deadRows is " + number(work.deadRows) + "; allowed: 0 to " + number(mostDead));
  const auto free = [&](const Sequence& sequence) {
    const Sequence::Plan& plan = sequence.plan;
    demand(plan.queuedWorks == 0 || plan.lane == work.lane, work,
           "sequence " + number(sequence.config.id) + " is in a queued work on lane " +
               number(plan.lane));
  };
  rows.clear();
  int64_t newTokens = 0;
  for (int32_t row = 0; row < work.rows; ++row) {
    Sequence& sequence = find(work.sequences[row]);
    free(sequence);
    demand(std::find(rows.begin(), rows.end(), &sequence) == rows.end(), work,
           "sequence " + number(sequence.config.id) + " stands in two rows");
    rows.push_back(&sequence);
    newTokens += int64_t{work.to[row]} - work.from[row];
  }
  demand(newTokens <= config_.maxRowTokens, work,
         number(newTokens) + " new tokens; allowed: maxRowTokens (" + number(config_.maxRowTokens) +
             ")");
  for (const Swap& swap : work.swaps) free(find(swap.sequence));
  for (const Move& move : work.moves) free(find(move.sequence));
  for (const Placement& placement : work.placements) free(find(placement.sequence));
  for (const Fork& fork : work.forks) free(find(fork.from)), free(find(fork.to));
  planEdits(work);
  for (int32_t row = 0; row < work.rows; ++row) planRow(work, row, *rows[static_cast<size_t>(row)]);
  planGroups(work, rows);
  for (int32_t row = 0; row < work.rows; ++row)
    touchRow(work, row, *rows[static_cast<size_t>(row)], 1);
  touchEdits(work, 1);
}

}  // namespace flover
