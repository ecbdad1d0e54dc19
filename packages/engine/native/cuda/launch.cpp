// From a work of the scheduler to a job of a lane.
#include <algorithm>

#include "backend.h"

namespace flover::cuda {

void CudaBackend::collectRows(const Work& work, Job& job) {
  job.rows.resize(static_cast<size_t>(work.rows));
  job.blocks.resize(static_cast<size_t>(work.rows) * blocksPerSequence());
  int32_t entry = 0;
  for (int32_t i = 0; i < work.rows; ++i) {
    JobRow& row = job.rows[static_cast<size_t>(i)];
    row.sequence = rows_[static_cast<size_t>(i)];
    row.from = work.from[i], row.to = work.to[i], row.flags = work.flags[i];
    row.slot = slots_.at(work.sequences[i]);
    row.samples.clear();
    row.beams = row.sequence->beams != nullptr;
    const SequenceConfig& config = row.sequence->config;
    const int32_t width = opensGroup(config, row.to, row.flags) ? config.groupWidth : 1;
    row.firstEntry = entry;
    if (row.flags & kRowSamples) {
      row.samples.emplace_back(row.sequence, row.slot);
      for (int32_t k = 1; k < width; ++k) {
        row.samples.emplace_back(&table_.find(config.id + k), slots_.at(config.id + k));
      }
      entry += static_cast<int32_t>(row.samples.size());
      job.serial = job.serial || row.beams;
    }
    const std::vector<int32_t>& blocks = row.sequence->plan.blocks;
    std::copy(blocks.begin(), blocks.end(),
              job.blocks.begin() + static_cast<ptrdiff_t>(i) * blocksPerSequence());
  }
}

void CudaBackend::collectEdits(const Work& work, Job& job) {
  const auto blockTokens = [&](int32_t tokens, size_t index) {
    return std::clamp<int32_t>(tokens - static_cast<int32_t>(index) * config_.blockTokens, 0,
                               config_.blockTokens);
  };
  for (const Swap& swap : work.swaps) {
    if (!swap.out) continue;
    std::vector<int32_t>& held = hostBlocks_[swap.sequence];
    for (size_t i = 0; blockTokens(swap.tokens, i) > 0; ++i) {
      if (freeHostBlocks_.empty()) {
        throw Error("work-invalid",
                    "work " + std::to_string(work.id) + " swaps sequence " +
                        std::to_string(swap.sequence) + " out; all " +
                        std::to_string(config_.hostBlocks) + " host blocks are taken",
                    "wait until the swaps in that are queued have ended");
      }
      held.push_back(freeHostBlocks_.back());
      freeHostBlocks_.pop_back();
      job.edits.push_back(
          {Edit::Kind::Out, swap.blocks[i], held.back(), blockTokens(swap.tokens, i)});
    }
    job.movedTokens += swap.tokens;
  }
  for (const Move& move : work.moves) {
    job.edits.push_back({Edit::Kind::Within, move.fromBlock, move.toBlock, move.tokens});
    job.movedTokens += move.tokens;
  }
  for (const Swap& swap : work.swaps) {
    if (swap.out) continue;
    std::vector<int32_t>& held = hostBlocks_[swap.sequence];
    for (size_t i = 0; i < held.size(); ++i) {
      job.edits.push_back({Edit::Kind::In, held[i], swap.blocks[i], blockTokens(swap.tokens, i)});
      job.hostBlocksDone.push_back(held[i]);
    }
    hostBlocks_.erase(swap.sequence);
    job.movedTokens += swap.tokens;
  }
  for (const Fork& fork : work.forks) {
    const Sequence &from = table_.find(fork.from), &to = table_.find(fork.to);
    for (size_t i = 0; blockTokens(fork.tokens, i) > 0; ++i) {
      job.edits.push_back({Edit::Kind::Within, from.plan.blocks[i], to.plan.blocks[i],
                           blockTokens(fork.tokens, i)});
    }
    job.movedTokens += fork.tokens;
  }
}

void CudaBackend::launch(const Work& work) {
  if (dead_) throw *dead_;
  checkRanks();
  if (!isReady_) {
    throw Error("not-ready", "work " + std::to_string(work.id) + " comes before the weights",
                "load or synthesize all tensors, then call ready");
  }
  std::unique_ptr<Job> job;
  if (spare_.empty()) {
    job = std::make_unique<Job>();
  } else {
    job = std::move(spare_.back());
    spare_.pop_back();
  }
  table_.plan(work, rows_);
  job->work = work.id;
  job->lane = work.lane;
  job->deadRows = work.deadRows;
  job->edits.clear();
  job->hostBlocksDone.clear();
  job->movedTokens = 0;
  job->serial = keep_;
  job->named = work;
  job->sequences.assign(work.sequences, work.sequences + work.rows);
  job->to.assign(work.to, work.to + work.rows);
  job->flags.assign(work.flags, work.flags + work.rows);
  job->named.sequences = job->sequences.data();
  job->named.to = job->to.data();
  job->named.flags = job->flags.data();
  collectRows(work, *job);
  collectEdits(work, *job);
  const size_t lane = static_cast<size_t>(work.lane);
  lanes_[lane]->push(std::move(job));
  lanes_[lane]->run(companyOf(lane));
}

Company CudaBackend::companyOf(size_t lane) const {
  Company company;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (i == lane || lanes_[i]->empty()) continue;
    company.any = true;
    company.prompts += lanes_[i]->hasPrompts();
  }
  return company;
}

}  // namespace flover::cuda
