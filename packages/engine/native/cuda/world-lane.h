// A lane of all ranks: each rank has a lane of its own and is given the same passes of the same
// works in the same order; a work has ended when it has on all.
#pragma once
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "communicator.h"
#include "lane.h"
#include "pass-queue.h"
#include "world.h"

namespace flover::cuda {

class WorldLane {
 public:
  WorldLane(World& world, const EngineConfig& config, int index, const Lane::Limits& limits);
  ~WorldLane();

  void capture(int tokens);
  // Queues a work; the devices hear of it by `run`.
  void push(std::unique_ptr<Job> job);
  // Whether the device has yet to be given passes of what was pushed.
  bool holds() const { return passQueue_.holds(); }
  // Gives the devices all passes that they may have now.
  void run(const Company& company);
  bool empty() const { return queue_.empty(); }
  // Whether a work with tokens of a prompt is queued.
  bool hasPrompts() const;
  // Whether the oldest work has ended on all devices.
  bool done() const;
  // The oldest work's, as the first rank tells it.
  const Record& record() const { return own().record(queue_.front()->record); }
  // The oldest work, ended; its results stay valid until `advance`.
  std::unique_ptr<Job> pop();
  int32_t token(const Job& job, int32_t entry) const { return own().token(job, entry); }
  float logProb(const Job& job, int32_t entry) const { return own().logProb(job, entry); }
  float* keptLogits(size_t i) const { return own().keptLogits(i); }
  // Forgets the popped work: what was held back behind it may be given.
  void advance();
  void probe();
  // Ends what waits for a rank that has failed.
  void abandon();
  // Waits until all ranks are done with all that they were given, and tells which rows of a serial
  // work, popped, have kept their logits.
  void settle(Job& job);
  cudaStream_t stream(size_t rank) const { return lanes_[rank]->stream(); }

 private:
  Lane& own() const { return *lanes_.front(); }
  void makeCommunicators(const EngineConfig& config);
  void connect(int index);
  void begin(size_t rank, const Job& job);
  void raiseSilent();

  World& world_;
  const WorldConfig config_;
  std::vector<std::unique_ptr<Communicator>> communicators_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // by rank
  // The works in flight, and each rank's copies for the next ones.
  std::deque<std::unique_ptr<Job>> queue_;
  std::vector<std::vector<std::unique_ptr<Job>>> spare_;
  // What a rank's thread has come to.
  struct Progress {
    std::atomic<bool> probing = false;
    std::atomic<int64_t> begun = 0;
  };
  std::vector<std::unique_ptr<Progress>> progress_;
  PassQueue passQueue_;
  // Works that the ranks have yet to hear of.
  std::vector<const Job*> fresh_;
  int64_t ended_ = 0;
  // When the oldest work became it.
  std::chrono::steady_clock::time_point since_;
  int32_t nextRecord_ = 0;
};

}  // namespace flover::cuda
