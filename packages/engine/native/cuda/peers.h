// The one-shot collective: kernels write into the memory of the other devices.
#pragma once
#include "communicator.h"
#include "failure.h"
#include "memory.h"

namespace flover::cuda {

class PeerCommunicator final : public Communicator {
 public:
  PeerCommunicator(const ModelConfig& model, int rank, int ranks, Failure& failure,
                   const WaitLimits& limits = {})
      : model_(model), rank_(rank), ranks_(ranks), failure_(failure), waitLimits_(limits) {}

  void allocate(const LaneShape& shape) override;
  void connect(const std::vector<Communicator*>& ranks) override;
  void number(PassHeader& header, const PassShape& shape) override;
  void begin(const PassShape& shape) override;
  void addNorm(const RankSums& sums, cudaStream_t stream) override;
  LogitPart logitPart(int rows) override;
  void gatherLogits(const PassHeader* header, int rows, cudaStream_t stream) override;

 private:
  bool fuses(const PassShape& shape) const {
    return shape_.lane == 0 && shape.tokens <= waitLimits_.fusedRows;
  }

  ModelConfig model_;
  int rank_, ranks_;
  Failure& failure_;
  WaitLimits waitLimits_;
  LaneShape shape_;
  DeviceBuffer fused_, shares_, arrived_, counter_;
  Link link_;
  // Of the passes numbered so far; fused sums by threes.
  uint32_t fusedSums_ = 0, exchanges_ = 0;
  int32_t fusedRows_ = 0;
  // Of the pass that is queued.
  bool fusing_ = false;
  int sums_ = 0, exchanged_ = 0;
};

}  // namespace flover::cuda
