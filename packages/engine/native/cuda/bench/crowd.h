// The requests that decode while a prompt is computed.
#pragma once
#include <vector>

#include "driven.h"

namespace flover::bench {

constexpr int32_t kCrowd = 31;

struct Crowd {
  explicit Crowd(Driven& driven);
  // Its next iteration, on lane 0.
  void decode(Driven& driven) { driven.decode(ids, position++); }
  // Of an iteration with the device to itself; a mean.
  double aloneMs(Driven& driven);
  // What an iteration reads: the weights, and the keys and values of all.
  double iterationBytes(const ModelConfig& model) const;

  std::vector<int32_t> ids;
  int32_t position;
};

}  // namespace flover::bench
