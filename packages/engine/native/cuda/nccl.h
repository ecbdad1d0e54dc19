// The collective by way of NCCL, loaded when it is asked for: every rank's sums are gathered and
// then added as the one-shot collective adds them, so that both give the same bits.
#pragma once
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "communicator.h"
#include "failure.h"
#include "memory.h"

namespace flover::cuda {

using NcclId = std::array<char, 128>;

class NcclCommunicator final : public Communicator {
 public:
  // A name under which the ranks of one lane meet. Throws "collective-unavailable".
  static NcclId makeId();

  // On all ranks at once, each on its own thread. Throws "nccl-failed".
  NcclCommunicator(const ModelConfig& model, int rank, int ranks, const NcclId& id,
                   Failure& failure);
  // After the graphs of the lane.
  ~NcclCommunicator() override;
  void allocate(const LaneShape& shape) override;
  void connect(const std::vector<Communicator*>& ranks) override;
  void number(PassHeader&, const PassShape&) override {}
  void begin(const PassShape& shape) override { tokens_ = shape.tokens; }
  void addNorm(const RankSums& sums, cudaStream_t stream) override;
  LogitPart logitPart(int rows) override;
  void gatherLogits(const PassHeader* header, int rows, cudaStream_t stream) override;
  void abandon() override;
  void* handle() const { return communicator_; }

 private:
  void gather(size_t each, cudaStream_t stream);

  ModelConfig model_;
  int rank_, ranks_, mostLogits_;
  Failure& failure_;
  // A run is abandoned on a thread that is not the rank's.
  std::timed_mutex mutex_;
  std::atomic<void*> communicator_ = nullptr;
  std::thread abort_;
  LaneShape shape_;
  DeviceBuffer parts_;  // [rank][rows][hidden or part of the vocabulary]
  int tokens_ = 0;
};

}  // namespace flover::cuda
