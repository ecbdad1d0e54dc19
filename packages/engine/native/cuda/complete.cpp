// From a record that the device has filled to the completion of a work.
#include <algorithm>
#include <thread>

#include "backend.h"
#include "beams.h"
#include "flover/pause.h"

namespace flover::cuda {

void CudaBackend::writeEntry(Completion& completion, int32_t entry, const Sequence& sequence,
                             const Sampled& sampled, bool stopped) {
  const size_t at = static_cast<size_t>(entry);
  completion.sampledSequences[at] = sequence.config.id;
  completion.tokens[at] = sampled.token;
  completion.logProbs[at] = sampled.logProb;
  completion.stopped[at] = stopped;
}

// What a rank's own thread or a kernel that waits for another rank has to say.
void CudaBackend::checkRanks() {
  if (!world_.failure().raised()) return;
  try {
    world_.failure().rethrow();
  } catch (const Error& error) {
    dead_ = std::make_unique<Error>(error);
    throw;
  }
}

bool CudaBackend::wait(int64_t deadlineNanos, Completion& completion) {
  if (dead_) throw *dead_;
  constexpr int64_t kProbeNanos = 2'000'000;
  int64_t nextProbe = clock_.nowNanos() + kProbeNanos;
  for (;;) {
    checkRanks();
    size_t first = lanes_.size();
    bool queued = false;
    for (size_t i = 0; i < lanes_.size(); ++i) {
      queued = queued || !lanes_[i]->empty();
      if (lanes_[i]->holds()) lanes_[i]->run(companyOf(i));
      if (!lanes_[i]->done()) continue;
      if (first == lanes_.size() || lanes_[i]->record().endNanos < lanes_[first]->record().endNanos)
        first = i;
    }
    if (first < lanes_.size()) {
      // A kernel that gives up ends its work too.
      checkRanks();
      completion.seenNanos = clock_.nowNanos();
      complete(first, completion);
      // What is planned next is what a device waits for.
      if (lanes_[first]->empty()) world_.rouse();
      return true;
    }
    if (deadlineNanos < 0 && !queued)
      throw Error("nothing-to-wait-for", "wait without a deadline while no work is queued",
                  "launch a work first, or give a deadline");
    const int64_t now = clock_.nowNanos();
    if (deadlineNanos >= 0 && now >= deadlineNanos) {
      world_.rouse();
      return false;
    }
    if (!queued && deadlineNanos - now > 200'000) {
      std::this_thread::sleep_until(clock_.at(deadlineNanos - 100'000));
    } else if (now >= nextProbe) {
      nextProbe = now + kProbeNanos;
      try {
        for (const auto& lane : lanes_)
          if (!lane->empty()) lane->probe();
      } catch (const Error& error) {
        dead_ = std::make_unique<Error>(error);
        throw;
      }
    } else {
      pause();
    }
  }
}

void CudaBackend::finishRow(WorldLane& lane, Job& job, const JobRow& row, Completion& completion) {
  if (row.sequence->stopped)
    return writeEntry(completion, row.firstEntry, *row.sequence, {kNoToken}, false);
  for (size_t k = 0; k < row.samples.size(); ++k) {
    Sequence& sequence = *row.samples[k].first;
    const int32_t entry = row.firstEntry + static_cast<int32_t>(k);
    Sampled sampled{lane.token(job, entry), lane.logProb(job, entry)};
    if (sampled.token >= 0 && !sequence.config.sampling.logProbs) sampled.logProb = 0.0f;
    writeEntry(completion, entry, sequence, sampled, sequence.take(sampled));
  }
}

// The device reads a beam's whole text when its KV is computed again. The sequences still hold the
// tokens from before.
void CudaBackend::uploadBeams(const std::vector<RunningBeam>& group, const BeamGroup& beams,
                              Rank& rank, cudaStream_t stream) {
  for (size_t k = 0; k < group.size(); ++k) {
    const Sequence& sequence = *group[k].sequence;
    const auto text = beams.tokens(static_cast<int32_t>(k));
    const auto changed =
        std::mismatch(sequence.tokens.begin(), sequence.tokens.end(), text.begin(), text.end())
            .second;
    if (changed == text.end()) continue;
    const int32_t from = static_cast<int32_t>(changed - text.begin());
    uploadHistory(rank, slots_.at(sequence.config.id), from,
                  text.subspan(static_cast<size_t>(from)), stream);
  }
}

// Beams are chosen on the host: their logits have been kept, and nothing is queued behind their
// work.
void CudaBackend::finishBeams(WorldLane& lane, Job& job, Completion& completion) {
  for (size_t i = 0; i < job.keptRows.size(); ++i) {
    const JobRow& row = job.rows[static_cast<size_t>(job.keptRows[i])];
    if (!row.beams) continue;
    if (row.sequence->stopped) {
      writeEntry(completion, row.firstEntry, *row.sequence, {kNoToken}, false);
      continue;
    }
    const SequenceConfig& config = row.sequence->config;
    row.sequence->beams->propose(
        config.groupIndex, {lane.keptLogits(i), static_cast<size_t>(config_.model.vocabulary)},
        scratch_);
    const bool opens = row.to == static_cast<int32_t>(config.prompt.size());
    if (!opens && config.groupIndex + 1 < config.groupWidth) continue;
    // Decoded, they stand in rows one after another, and this is the last.
    const int32_t firstRow = job.keptRows[i] + 1 - config.groupWidth;
    std::vector<RunningBeam> group;
    for (int32_t k = 0; k < config.groupWidth; ++k) {
      const size_t at = opens ? 0 : static_cast<size_t>(firstRow + k) * blocksPerSequence();
      group.push_back({&table_.find(config.groupFirst + k), job.blocks.data() + at});
    }
    BeamGroup& beams = *row.sequence->beams;
    beams.advance();
    world_.each([&](Rank& rank) {
      const cudaStream_t stream = lane.stream(static_cast<size_t>(rank.index));
      if (!opens) reorderBeams(group, beams, *rank.kv, blocksPerSequence(), stream);
      uploadBeams(group, beams, rank, stream);
    });
    const int32_t entry = opens ? row.firstEntry : row.firstEntry + 1 - config.groupWidth;
    for (int32_t k = 0; k < config.groupWidth; ++k) {
      Sequence& sequence = *group[static_cast<size_t>(k)].sequence;
      const auto text = beams.tokens(k);
      sequence.tokens.assign(text.begin(), text.end());
      sequence.logProbs.assign(beams.logProbs(k).begin(), beams.logProbs(k).end());
      sequence.stopped = beams.done();
      writeEntry(completion, entry + k, sequence, beams.last(k), beams.stopped());
    }
  }
  // The work has ended for the scheduler only when its copies have: another lane may go on with
  // these sequences or take their blocks, and lanes share the spare blocks.
  lane.settle(job);
}

void CudaBackend::keepRows(WorldLane& lane, Job& job) {
  lane.settle(job);
  const size_t vocabulary = static_cast<size_t>(config_.model.vocabulary);
  for (size_t i = 0; i < job.keptRows.size(); ++i) {
    float* logits = lane.keptLogits(i);
    for (size_t v = 0; v < headBias_.size(); ++v) logits[v] += headBias_[v];
    const int32_t id = job.rows[static_cast<size_t>(job.keptRows[i])].sequence->config.id;
    if (keep_) kept_[id].assign(logits, logits + vocabulary);
  }
}

void CudaBackend::complete(size_t index, Completion& completion) {
  WorldLane& lane = *lanes_[index];
  const Record record = {lane.record().startNanos, lane.record().endNanos,
                         lane.record().editedNanos, 0, 0};
  std::unique_ptr<Job> job = lane.pop();
  clock_.observe(record.endNanos);
  completion.work = job->work;
  completion.lane = job->lane;
  completion.startNanos = std::max(ended_[index], clock_.toRun(record.startNanos));
  completion.endNanos = std::max(completion.startNanos, clock_.toRun(record.endNanos));
  ended_[index] = completion.endNanos;
  completion.movedBytes =
      job->movedTokens * world_[0].kv->tokenBytes() * static_cast<int64_t>(world_.size());
  completion.moveNanos =
      job->edits.empty() ? 0 : static_cast<int64_t>(record.editedNanos - record.startNanos);
  size_t entries = 0;
  for (const JobRow& row : job->rows) entries += row.samples.size();
  completion.sampledSequences.resize(entries);
  completion.tokens.resize(entries);
  completion.logProbs.resize(entries);
  completion.stopped.resize(entries);
  if (job->serial) keepRows(lane, *job);
  for (const JobRow& row : job->rows) {
    if (!row.samples.empty() && !row.beams) finishRow(lane, *job, row, completion);
  }
  if (job->serial) finishBeams(lane, *job, completion);
  freeHostBlocks_.insert(freeHostBlocks_.end(), job->hostBlocksDone.begin(),
                         job->hostBlocksDone.end());
  table_.ended(job->named);
  spare_.push_back(std::move(job));
  lane.advance();
  lane.run(companyOf(index));
}

}  // namespace flover::cuda
