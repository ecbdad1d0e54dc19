// Sums over the ranks, one after another in a graph, and how long one takes.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "communicator.h"
#include "memory.h"
#include "world.h"

namespace flover::bench {

constexpr int kMostTokens = 512;

// What a rank has of it.
struct RankState {
  std::unique_ptr<cuda::Communicator> communicator;
  cuda::DeviceBuffer partials, residual, x, weight, header, logits;
  cudaStream_t stream = nullptr;
  cudaGraphExec_t graph = nullptr;
};

class RankSumsBench {
 public:
  RankSumsBench(int ranks, int hidden);
  ~RankSumsBench();

  // Queues one sum on a rank's stream.
  using Queue = std::function<void(RankState&, const cuda::RankSums&)>;

  // Communicators for what is queued from now on: "fused", "shares" or "nccl". Throws
  // "collective-unavailable".
  void choose(const std::string& kind);
  // us for one sum of `tokens` rows, kMostTokens at most.
  double time(int tokens, const Queue& queue);

 private:
  RankState& stateOf(const cuda::Rank& rank) { return states_[static_cast<size_t>(rank.index)]; }
  void capture(cuda::Rank& rank, const cuda::PassShape& shape, const Queue& queue);
  void upload(int tokens);
  double runMs();

  int hidden_, ranks_;
  ModelConfig model_;
  cuda::World world_;
  std::vector<RankState> states_;
  uint32_t exchanged_ = 0;
};

}  // namespace flover::bench
