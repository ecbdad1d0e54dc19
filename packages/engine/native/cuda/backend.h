// The CUDA backend: weights, KV, sequences and lanes behind the function table.
#pragma once
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "beams.h"
#include "clock.h"
#include "flover/backend.h"
#include "flover/error.h"
#include "flover/sampling.h"
#include "world-lane.h"

namespace flover::cuda {

class CudaBackend final : public Backend {
 public:
  explicit CudaBackend(const EngineConfig& config);

  ~CudaBackend() override;

  DeviceInfo device() const override;

  void loadTensor(const std::string& name, DataType type, const std::vector<int64_t>& shape,
                  const void* data) override;
  void synthesize(uint64_t seed) override;

  void ready() override;

  void startClock() override;
  int64_t nowNanos() const override { return clock_.nowNanos(); }

  void add(const SequenceConfig& config) override;
  void release(int32_t id) override;
  SequenceResult result(int32_t id) const override { return table_.result(id); }

  void launch(const Work& work) override;
  bool wait(int64_t deadlineNanos, Completion& completion) override;

  void keepLogits(bool keep) override { keep_ = keep; }
  std::vector<float> logits(int32_t sequence) const override;

  World& world() { return world_; }  // for checks

 private:
  int blocksPerSequence() const {
    return (config_.maxSequenceTokens + config_.blockTokens - 1) / config_.blockTokens;
  }
  void uploadHistory(Rank& rank, int32_t slot, int32_t position, std::span<const int32_t> tokens,
                     cudaStream_t stream);
  void checkRanks();
  void dropHostBlocks(int32_t id);
  Company companyOf(size_t lane) const;
  void collectRows(const Work& work, Job& job);
  void collectEdits(const Work& work, Job& job);
  void complete(size_t lane, Completion& completion);
  void finishRow(WorldLane& lane, Job& job, const JobRow& row, Completion& completion);
  void finishBeams(WorldLane& lane, Job& job, Completion& completion);
  void uploadBeams(const std::vector<RunningBeam>& group, const BeamGroup& beams, Rank& rank,
                   cudaStream_t stream);
  void keepRows(WorldLane& lane, Job& job);
  static void writeEntry(Completion& completion, int32_t entry, const Sequence& sequence,
                         const Sampled& sampled, bool stopped);

  const EngineConfig config_;
  World world_;  // checks the config
  bool isReady_ = false, keep_ = false;
  SequenceTable table_;
  LoadLedger ledger_;
  PinnedBuffer clockScratch_;
  RunClock clock_;
  std::unordered_map<int32_t, int32_t> slots_;
  std::vector<int32_t> freeSlots_, freeHostBlocks_;
  std::unordered_map<int32_t, std::vector<int32_t>> hostBlocks_;
  std::unordered_map<int32_t, std::vector<float>> kept_;
  std::vector<Sequence*> rows_;
  std::vector<std::unique_ptr<Job>> spare_;
  std::vector<int64_t> ended_;
  SamplingScratch scratch_;
  std::vector<float> headBias_;
  std::unique_ptr<Error> dead_;
  std::vector<std::unique_ptr<WorldLane>> lanes_;  // last: destroyed first
};

}  // namespace flover::cuda
