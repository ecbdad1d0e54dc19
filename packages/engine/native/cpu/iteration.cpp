#include "iteration.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

namespace flover::cpu {
namespace {

int64_t nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Iteration::Iteration(World& world, KeptLogits& kept, int32_t firstScratchBlock,
                     int32_t scratchBlocks)
    : world_(world),
      kept_(kept),
      team_(world.config.world, Forward::kChunkRows, world.config.model.hidden, world.failure),
      members_(world.ranks.size()),
      scratchBlocks_(static_cast<size_t>(scratchBlocks)),
      logits_(static_cast<size_t>(kHeadRows * world.config.model.vocabulary) * sizeof(float)),
      scratch_(static_cast<size_t>(world.rank(0).pool.threads())) {
  std::iota(scratchBlocks_.begin(), scratchBlocks_.end(), firstScratchBlock);
  team_.run([&](int32_t rank) {
    members_[static_cast<size_t>(rank)] =
        std::make_unique<Member>(world_, world_.rank(rank), team_.communicator());
  });
}

void Iteration::gatherRows(const Job& job) {
  tokens_.clear();
  pending_.clear();
  pendingTokens_.clear();
  for (int32_t row = 0; row < job.work.rows; ++row) {
    const Sequence& sequence = *job.rows[static_cast<size_t>(row)];
    for (int32_t position = job.from[row]; position < job.to[row]; ++position) {
      // A sequence that stopped in an earlier work has no token here; its dead row takes its last
      // one.
      const size_t known = std::min(static_cast<size_t>(position), sequence.tokens.size() - 1);
      tokens_.push_back({sequence.tokens[known], position, sequence.blocks.data(), position, 0});
    }
    if (!(job.flags[row] & kRowSamples)) continue;
    pending_.push_back({row, sequence.stopped});
    pendingTokens_.push_back(static_cast<int64_t>(tokens_.size()) - 1);
  }
  for (int32_t dead = 0; dead < job.work.deadRows; ++dead) {
    tokens_.push_back({0, 0, scratchBlocks_.data(), dead, dead});
  }
}

void Iteration::keepLogits(int32_t sequence, std::span<const float> logits) {
  const std::lock_guard lock(kept_.mutex);
  if (kept_.keep) kept_.bySequence[sequence].assign(logits.begin(), logits.end());
}

void Iteration::writeEntry(Completion& completion, int64_t entry, const Sequence& sequence,
                           const Sampled& sampled, bool stopped) {
  const size_t at = static_cast<size_t>(entry);
  completion.sampledSequences[at] = sequence.config.id;
  completion.tokens[at] = sampled.token;
  completion.logProbs[at] = sampled.logProb;
  completion.stopped[at] = stopped;
}

void Iteration::sampleRow(Job& job, const Pending& pending, std::span<float> logits,
                          SamplingScratch& scratch, int64_t entry) {
  Sequence& own = *job.rows[static_cast<size_t>(pending.row)];
  if (pending.dead) return writeEntry(job.completion, entry, own, {kNoToken}, false);
  const auto sampleOne = [&](Sequence& sequence, std::span<float> values, int64_t at) {
    const SequenceConfig& config = sequence.config;
    const Sampled sampled =
        sampleToken(values, config.sampling, sequence.tokens,
                    static_cast<int32_t>(config.prompt.size()), config.groupIndex, scratch);
    writeEntry(job.completion, at, sequence, sampled, sequence.take(sampled));
  };
  const std::vector<Sequence*>& opened = job.opened[static_cast<size_t>(pending.row)];
  if (opened.empty()) return sampleOne(own, logits, entry);
  const std::vector<float> fresh(logits.begin(), logits.end());
  for (size_t i = 0; i < opened.size(); ++i) {
    std::copy(fresh.begin(), fresh.end(), logits.begin());
    sampleOne(*opened[i], logits, entry + static_cast<int64_t>(i));
  }
}

// The KV of each running beam follows its parent's. Tokens that both have in common have the same
// KV, so only what comes after the first difference is copied.
void Iteration::reorderBeams(const std::vector<Sequence*>& group, const BeamGroup& beams) {
  const size_t width = group.size();
  std::vector<int32_t> begins(width, -1);
  const int32_t end = static_cast<int32_t>(group[0]->tokens.size());
  for (size_t i = 0; i < width; ++i) {
    const Sequence& parent = *group[static_cast<size_t>(beams.parents()[i])];
    const auto differs =
        std::mismatch(group[i]->tokens.begin(), group[i]->tokens.end(), parent.tokens.begin());
    if (differs.first == group[i]->tokens.end()) continue;
    begins[i] = static_cast<int32_t>(differs.first - group[i]->tokens.begin());
  }
  team_.run([&](int32_t rank) {
    Member& member = *members_[static_cast<size_t>(rank)];
    member.staging.resize(std::max(member.staging.size(), width));
    for (size_t i = 0; i < width; ++i) {
      if (begins[i] < 0) continue;
      const Sequence& parent = *group[static_cast<size_t>(beams.parents()[i])];
      member.rank.cache.exportTokens(parent.blocks, begins[i], end, member.staging[i]);
    }
    for (size_t i = 0; i < width; ++i) {
      if (begins[i] >= 0)
        member.rank.cache.importTokens(group[i]->blocks, begins[i], end, member.staging[i]);
    }
  });
}

void Iteration::advanceBeams(Job& job, const std::vector<Sequence*>& group, bool opens,
                             int64_t entry) {
  BeamGroup& beams = *group[0]->beams;
  beams.advance();
  if (!opens) reorderBeams(group, beams);
  for (size_t i = 0; i < group.size(); ++i) {
    const int32_t beam = static_cast<int32_t>(i);
    group[i]->tokens.assign(beams.tokens(beam).begin(), beams.tokens(beam).end());
    group[i]->logProbs.assign(beams.logProbs(beam).begin(), beams.logProbs(beam).end());
    group[i]->stopped = beams.done();
    writeEntry(job.completion, entry + beam, *group[i], beams.last(beam), beams.stopped());
  }
}

void Iteration::sampleBeams(Job& job, const Pending& pending, std::span<float> logits,
                            int64_t entry) {
  Sequence& own = *job.rows[static_cast<size_t>(pending.row)];
  if (pending.dead) return writeEntry(job.completion, entry, own, {kNoToken}, false);
  const SequenceConfig& config = own.config;
  own.beams->propose(config.groupIndex, logits, scratch_[0]);
  const std::vector<Sequence*>& opened = job.opened[static_cast<size_t>(pending.row)];
  if (!opened.empty()) return advanceBeams(job, opened, true, entry);
  if (config.groupIndex + 1 < config.groupWidth) return;
  // The last of the group, whose rows stand one after another.
  group_.clear();
  for (int32_t i = pending.row + 1 - config.groupWidth; i <= pending.row; ++i) {
    group_.push_back(job.rows[static_cast<size_t>(i)]);
  }
  advanceBeams(
      job, group_,
      config.groupWidth == 1 && job.to[pending.row] == static_cast<int32_t>(config.prompt.size()),
      entry + 1 - config.groupWidth);
}

void Iteration::sample(Job& job) {
  const int64_t vocabulary = world_.config.model.vocabulary;
  entries_.clear();
  int64_t entries = 0;
  for (const Pending& pending : pending_) {
    entries_.push_back(entries);
    entries += std::max<int64_t>(
        1, static_cast<int64_t>(job.opened[static_cast<size_t>(pending.row)].size()));
  }
  const size_t size = static_cast<size_t>(entries);
  job.completion.sampledSequences.resize(size);
  job.completion.tokens.resize(size);
  job.completion.logProbs.resize(size);
  job.completion.stopped.resize(size);
  const int64_t count = static_cast<int64_t>(pending_.size());
  for (int64_t begin = 0; begin < count; begin += kHeadRows) {
    const int64_t rows = std::min(kHeadRows, count - begin);
    team_.run([&](int32_t rank) {
      members_[static_cast<size_t>(rank)]->forward.head(begin, rows, logits_.floats());
    });
    const auto logitsOf = [&](int64_t i) {
      return std::span(logits_.floats() + i * vocabulary, static_cast<size_t>(vocabulary));
    };
    const auto isBeam = [&](int64_t i) {
      return job.rows[static_cast<size_t>(pending_[static_cast<size_t>(begin + i)].row)]->beams !=
             nullptr;
    };
    world_.rank(0).pool.run(rows, [&](int64_t i, int worker) {
      const Pending& pending = pending_[static_cast<size_t>(begin + i)];
      keepLogits(job.sequences[static_cast<size_t>(pending.row)], logitsOf(i));
      if (isBeam(i)) return;
      sampleRow(job, pending, logitsOf(i), scratch_[static_cast<size_t>(worker)],
                entries_[static_cast<size_t>(begin + i)]);
    });
    for (int64_t i = 0; i < rows; ++i) {
      const size_t at = static_cast<size_t>(begin + i);
      if (isBeam(i)) sampleBeams(job, pending_[at], logitsOf(i), entries_[at]);
    }
  }
}

void Iteration::edit(Job& job) {
  const int64_t start = nanos();
  editTables(job.work, job.targets);
  job.completion.movedBytes = job.completion.moveNanos = 0;
  if (job.work.swaps.size() + job.work.moves.size() + job.work.forks.size() == 0) return;
  int64_t tokens = 0;
  team_.run([&](int32_t index) {
    Rank& rank = members_[static_cast<size_t>(index)]->rank;
    const int64_t carried = editCache(job.work, job.targets, rank.cache, rank.host);
    if (index == 0) tokens = carried;
  });
  job.completion.movedBytes = tokens * kvTokenBytes(world_.config.model);
  job.completion.moveNanos = nanos() - start;
}

void Iteration::run(Job& job) {
  edit(job);
  gatherRows(job);
  team_.run([&](int32_t rank) {
    failIfAsked(world_.config.world, rank, job.work.id);
    members_[static_cast<size_t>(rank)]->forward.run(tokens_, pendingTokens_);
  });
  sample(job);
}

}  // namespace flover::cpu
