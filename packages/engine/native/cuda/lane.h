// A lane: its streams, its scratch, its captured graphs, and the works queued on it.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include "device.h"
#include "forward.h"
#include "job.h"
#include "pass.h"

namespace flover::cuda {

// What other lanes have to do while a pass runs.
struct Company {
  bool any = false;
  int prompts = 0;  // lanes among them that have prompts
};

class Lane {
 public:
  struct Limits {
    int capacity = 0;   // tokens a pass
    int singles = 0;    // single-token rows a pass
    int sequences = 0;  // alive at once
    int blocksPerSequence = 0;
  };
  Lane(const Shared& shared, const Limits& limits, const Sharing& sharing);
  ~Lane();

  // Captures the graphs for up to `tokens` tokens, so that no first iteration pays for it.
  void capture(int tokens);
  // Captures all graphs, and has every kernel loaded that a pass may take: to load one may be to
  // wait for the device, while a kernel of another rank waits on it for this one.
  void rehearse();

  // Cuts a job into this lane's passes.
  void cut(Job& job) const { cutJob(job, pass_); }
  // Queues a cut job; the device is given nothing yet.
  void push(std::unique_ptr<Job> job) { queue_.push_back(std::move(job)); }
  // Gives the device the next pass that it has not been given.
  void runNext(const Company& company);
  const Record& record(int32_t index) const { return reports_.records[index]; }
  // Whether the device has ended this work; then all that it reports is there to be read.
  bool ended(int32_t index, int32_t work) const {
    return wordOf(reports_.records[index].done).load(std::memory_order_acquire) == work + 1;
  }
  // Passes of the work of this record that the device has come to.
  int32_t begun(int32_t index) const {
    return wordOf(reports_.records[index].begun).load(std::memory_order_acquire);
  }
  // Takes back what an earlier work has left in a record: every run numbers its works anew.
  void clear(int32_t index) {
    wordOf(reports_.records[index].done).store(0, std::memory_order_relaxed);
    wordOf(reports_.records[index].begun).store(0, std::memory_order_relaxed);
  }
  const Job& oldest() const { return *queue_.front(); }
  // Takes the oldest work, ended, from the queue.
  std::unique_ptr<Job> pop();
  int32_t token(const Job& job, int32_t entry) const {
    return reports_.tokens[job.record * reports_.stride + entry];
  }
  float logProb(const Job& job, int32_t entry) const {
    return reports_.logProbs[job.record * reports_.stride + entry];
  }
  // Logits of the i-th kept row of a serial job, [vocabulary].
  float* keptLogits(size_t i) const;
  // Throws what the device has to say; "internal" when it is idle and a work is not done.
  void probe() const;

  // What a communicator must know of lane number `index`.
  LaneShape shape(int index) const {
    return {index, forward_->capacity(), forward_->logitRows(), forward_->logits()};
  }

  // Works in flight at most.
  static constexpr int kMostQueued = 8;
  // Twice as many: a rank's thread may still be asked about works that have ended, and must not
  // find in their records those that have come since.
  static constexpr int kRecords = 2 * kMostQueued;

  // Where the lane's latest work went: all before it has ended when this stream is idle.
  cudaStream_t stream() const { return stream_; }

 private:
  struct Graph {
    int tokens = 0;
    std::unique_ptr<PassLayout> layout;
    cudaGraphExec_t exec = nullptr;
  };
  struct Stage {
    PinnedBuffer memory;
    cudaEvent_t free = nullptr;
  };

  static std::atomic_ref<int32_t> wordOf(const volatile int32_t& word) {
    return std::atomic_ref(const_cast<int32_t&>(word));
  }
  void use(cudaStream_t stream);
  int shareOf(const Job& job, const Company& company) const;
  void edit(const Job& job);
  PassShape shapeFor(const Job& job, const PassCut& cut) const;
  void runPass(Job& job, size_t index, int share);
  void keep(Job& job);
  Stage& stage();
  void upload(const PassLayout& layout, const PassUse& use, void* device, const Stage& packed);
  Graph* graphFor(int tokens);
  cudaGraphExec_t captured(const PassLayout& layout, void* pass, int real);
  PassLayout layoutFor(int tokens) const;
  PassLayout eagerLayout() const;

  Shared shared_;
  Limits limits_;
  PassLimits pass_;
  Sharing sharing_;
  // Prompts beside other lanes' work have a stream of their own, for its priority.
  cudaStream_t own_ = nullptr, prompts_ = nullptr, stream_ = nullptr;
  cudaEvent_t order_ = nullptr;
  PinnedBuffer records_, tokens_, logProbs_, kept_;
  Reports reports_;
  std::unique_ptr<Forward> forward_;
  DeviceBuffer graphPass_, eagerPass_;
  std::vector<Graph> graphs_;
  Stage stages_[kMostQueued];
  int nextStage_ = 0;
  size_t keptRows_ = 0;
  std::deque<std::unique_ptr<Job>> queue_;
  std::vector<std::pair<int32_t, int32_t>> logitRows_;
};

}  // namespace flover::cuda
