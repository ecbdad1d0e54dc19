// How the ranks of a lane add up what each has a part of. All calls of a pass come in the same
// order on every rank, and may be captured into a graph.
#pragma once
#include <memory>
#include <vector>

#include "flover/model.h"
#include "link.h"

namespace flover::cuda {

// Where the product of the head writes a rank's part of the logits.
struct LogitPart {
  float* to = nullptr;
  int stride = 0;
};

// What a communicator must know of the lane that it serves.
struct LaneShape {
  int lane = 0;
  int capacity = 0, logitRows = 0;  // padded
  float* logits = nullptr;          // this rank's
};

class Communicator {
 public:
  virtual ~Communicator() = default;
  // On each rank, when its lane is made; then, when all have, who they are, in order of rank.
  virtual void allocate(const LaneShape& shape) = 0;
  virtual void connect(const std::vector<Communicator*>& ranks) = 0;
  // Numbers the sums of a pass in its packed header.
  virtual void number(PassHeader& header, const PassShape& shape) = 0;
  // Before the kernels of a pass are queued.
  virtual void begin(const PassShape& shape) = 0;
  // residual += the sum over the ranks, in ascending order, of a + b, and the bias; x =
  // norm(residual).
  virtual void addNorm(const RankSums& sums, cudaStream_t stream) = 0;
  virtual LogitPart logitPart(int rows) = 0;
  // Brings the parts of all ranks together in `Forward::logits`.
  virtual void gatherLogits(const PassHeader* header, int rows, cudaStream_t stream) = 0;
  // Ends what waits on a rank that will not come.
  virtual void abandon() {}
};

}  // namespace flover::cuda
