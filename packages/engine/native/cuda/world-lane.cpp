#include "world-lane.h"

#include <algorithm>

#include "flover/error.h"
#include "flover/shards.h"
#include "nccl.h"
#include "peers.h"

namespace flover::cuda {

WorldLane::WorldLane(World& world, const EngineConfig& config, int index,
                     const Lane::Limits& limits)
    : world_(world), config_(config.world) {
  const size_t ranks = world.size();
  lanes_.resize(ranks);
  spare_.resize(ranks);
  communicators_.resize(ranks);
  for (size_t i = 0; i < ranks; ++i) progress_.push_back(std::make_unique<Progress>());
  if (ranks > 1) makeCommunicators(config);
  world.each([&](Rank& rank) {
    const size_t r = static_cast<size_t>(rank.index);
    Shared shared = rank.shared;
    shared.communicator = communicators_[r].get();
    const bool takeTurns = world.waitLimits().shared;
    lanes_[r] = std::make_unique<Lane>(shared, limits, laneSharing(rank.properties, takeTurns));
  });
  if (ranks > 1) connect(index);
}

WorldLane::~WorldLane() {
  if (world_.failure().raised()) abandon();
  // Nobody may still write to memory that another frees.
  world_.release([](Rank&) { cudaDeviceSynchronize(); });
  world_.release([&](Rank& rank) {
    lanes_[static_cast<size_t>(rank.index)].reset();
    communicators_[static_cast<size_t>(rank.index)].reset();
  });
}

void WorldLane::abandon() {
  for (const auto& communicator : communicators_)
    if (communicator) communicator->abandon();
}

void WorldLane::makeCommunicators(const EngineConfig& config) {
  const ModelConfig& model = config.model;
  const int ranks = config.world.size;
  if (config.world.collective == Collective::Nccl) {
    const NcclId id = NcclCommunicator::makeId();
    world_.each([&](Rank& rank) {
      communicators_[static_cast<size_t>(rank.index)] =
          std::make_unique<NcclCommunicator>(model, rank.index, ranks, id, world_.failure());
    });
    return;
  }
  world_.each([&](Rank& rank) {
    communicators_[static_cast<size_t>(rank.index)] = std::make_unique<PeerCommunicator>(
        model, rank.index, ranks, world_.failure(), world_.waitLimits());
  });
}

// Every rank has its buffers before one waits for another: who lacks memory leaves nobody waiting.
void WorldLane::connect(int index) {
  world_.each([&](Rank& rank) {
    const size_t r = static_cast<size_t>(rank.index);
    communicators_[r]->allocate(lanes_[r]->shape(index));
  });
  std::vector<Communicator*> all;
  for (const auto& communicator : communicators_) all.push_back(communicator.get());
  world_.each([&](Rank& rank) { all[static_cast<size_t>(rank.index)]->connect(all); });
}

void WorldLane::capture(int tokens) {
  world_.each([&](Rank& rank) {
    Lane& lane = *lanes_[static_cast<size_t>(rank.index)];
    if (world_.waitLimits().shared) lane.rehearse();
    lane.capture(tokens);
  });
}

void WorldLane::push(std::unique_ptr<Job> job) {
  if (queue_.size() == Lane::kMostQueued) {
    throw Error("work-invalid",
                "work " + std::to_string(job->work) + " comes to lane " +
                    std::to_string(job->lane) + " behind " + std::to_string(queue_.size()) +
                    " others; allowed: at most " + std::to_string(Lane::kMostQueued - 1),
                "wait for an end before the next launch");
  }
  job->record = nextRecord_;
  // Before the ranks' threads come to it: `done` looks at once, and an earlier run's work of the
  // same number would end this one, whose job they have yet to read.
  for (const auto& lane : lanes_) lane->clear(job->record);
  nextRecord_ = (nextRecord_ + 1) % Lane::kRecords;
  own().cut(*job);
  passQueue_.push(*job);
  if (queue_.empty()) since_ = std::chrono::steady_clock::now();
  fresh_.push_back(job.get());
  queue_.push_back(std::move(job));
}

// On the rank's thread.
void WorldLane::begin(size_t rank, const Job& job) {
  progress_[rank]->begun += 1;
  failIfAsked(config_, static_cast<int32_t>(rank), job.work);
  std::unique_ptr<Job> copy;
  if (spare_[rank].empty()) {
    copy = std::make_unique<Job>(job);
  } else {
    copy = std::move(spare_[rank].back());
    spare_[rank].pop_back();
    *copy = job;
  }
  lanes_[rank]->push(std::move(copy));
}

void WorldLane::run(const Company& company) {
  const int passes = passQueue_.take([&](int32_t record, int32_t count) {
    return std::all_of(lanes_.begin(), lanes_.end(),
                       [&](const auto& lane) { return lane->begun(record) >= count; });
  });
  if (passes == 0) return;
  // Where ranks share a device none is a pass ahead of another.
  const int atOnce = world_.waitLimits().shared ? 1 : passes;
  for (int left = passes; left > 0; left -= atOnce) {
    world_.give([this, atOnce, company, fresh = fresh_](size_t r) {
      for (const Job* job : fresh) begin(r, *job);
      for (int i = 0; i < atOnce; ++i) lanes_[r]->runNext(company);
    });
    fresh_.clear();
  }
}

bool WorldLane::hasPrompts() const {
  return std::any_of(queue_.begin(), queue_.end(), [](const auto& job) { return job->prompts; });
}

bool WorldLane::done() const {
  if (queue_.empty()) return false;
  const Job& job = *queue_.front();
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [&](const auto& lane) { return lane->ended(job.record, job.work); });
}

std::unique_ptr<Job> WorldLane::pop() {
  std::unique_ptr<Job> job = std::move(queue_.front());
  queue_.pop_front();
  ended_ += 1;
  since_ = std::chrono::steady_clock::now();
  return job;
}

void WorldLane::advance() {
  passQueue_.pop();
  for (size_t r = 0; r < lanes_.size(); ++r)
    world_.defer(r, [this, r] { spare_[r].push_back(lanes_[r]->pop()); });
}

void WorldLane::probe() {
  raiseSilent();
  for (size_t r = 0; r < lanes_.size(); ++r) {
    if (progress_[r]->probing.exchange(true)) continue;
    world_.post(r, [this, r] {
      lanes_[r]->probe();
      progress_[r]->probing = false;
    });
  }
}

// A rank whose thread does not come to the oldest work leaves the others waiting in a collective,
// and not every collective has a deadline of its own.
void WorldLane::raiseSilent() {
  const std::chrono::seconds patience(kRankTimeoutSeconds);
  if (lanes_.size() == 1 || queue_.empty() || std::chrono::steady_clock::now() - since_ < patience)
    return;
  for (size_t r = 0; r < progress_.size(); ++r) {
    if (progress_[r]->begun > ended_) continue;
    const Error silent("rank-silent", "it has not come to work " +
                                          std::to_string(queue_.front()->work) + " for " +
                                          std::to_string(kRankTimeoutSeconds) + " s");
    world_.failure().raise(static_cast<int32_t>(r), std::make_exception_ptr(silent));
  }
}

void WorldLane::settle(Job& job) {
  world_.each([&](Rank& rank) {
    FLOVER_CUDA(cudaStreamSynchronize(lanes_[static_cast<size_t>(rank.index)]->stream()));
  });
  job.keptRows = own().oldest().keptRows;
}

}  // namespace flover::cuda
