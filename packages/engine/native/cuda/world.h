// The ranks of this process: each holds its part of the model and of the KV on its device, which
// is its own unless the config names one for several.
// Each has a thread of its own: whoever plans never waits for a device's driver, but where ranks
// share a device.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "failure.h"
#include "flover/model.h"
#include "forward.h"
#include "kv.h"
#include "model.h"
#include "rank-thread.h"
#include "wait-limits.h"

namespace flover::cuda {

struct Rank {
  int32_t index = 0, device = 0;
  cudaDeviceProp properties = {};
  std::unique_ptr<Model> model;
  std::unique_ptr<KvStore> kv;
  DeviceBuffer history;  // [sequence slot][maxSequenceTokens + 1]
  Shared shared;
  std::unique_ptr<RankThread> thread;
};

class World {
 public:
  // Makes every rank's memory. Throws "out-of-memory", "device-unavailable", "peers-apart",
  // "rank-failed".
  explicit World(const EngineConfig& config);
  ~World();

  size_t size() const { return ranks_.size(); }
  Rank& operator[](size_t i) const { return *ranks_[i]; }
  Failure& failure() { return failure_; }
  // The least that a rank of this world has.
  const WaitLimits& waitLimits() const { return waitLimits_; }

  // Runs `task(rank)` for all ranks at once and waits. Throws the first rank's failure.
  void each(const std::function<void(Rank&)>& task);
  // The same for what must happen whatever has failed; what it throws is forgotten.
  void release(const std::function<void(Rank&)>& task);
  // Queues a task for a rank behind those before it; none runs after a failure.
  void post(size_t rank, std::function<void()> task);
  // Queues `task(rank)` for all. Where ranks share a device it waits until all have run it, one has
  // failed or one is silent for too long: nothing that one gives the device, nor a wait for the
  // whole device, may come before what others still owe to a kernel that waits there.
  void give(const std::function<void(size_t rank)>& task);
  // Wakes the ranks' threads, before they are given something.
  void rouse();
  // As `post`, for what can wait until the rank is given something to do: to wake its thread costs
  // more than most of what it is woken for.
  void defer(size_t rank, std::function<void()> task);
  // Until all that was posted has run. Throws what failed.
  void finish();

 private:
  void limitWaiting(const EngineConfig& config);
  void checkMemories(const EngineConfig& config) const;
  void meet(const EngineConfig& config);
  RankThread::Task guarded(size_t rank, std::function<void()> task);
  void fill(Rank& rank, const EngineConfig& config);

  std::vector<std::unique_ptr<Rank>> ranks_;
  Failure failure_;
  WaitLimits waitLimits_;
};

}  // namespace flover::cuda
