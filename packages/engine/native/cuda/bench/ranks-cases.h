// The cases of the ranks' benchmark, as its arguments name them.
#pragma once
#include <string>
#include <vector>

#include "flover/model.h"

namespace flover::bench {

struct RanksCase {
  std::string model;
  int32_t ranks = 1;
  std::vector<int32_t> devices;  // of each rank; none: one each
  Collective collective = Collective::OneShot;
  int32_t iterations = 504;

  WorldConfig world() const;
  // Ranks of the device that has most.
  int32_t sharers() const;
};

// MODEL[/PARTS]:RANKS[@DEVICES][:COLLECTIVE[:ITERATIONS]]. Throws "config-invalid", and
// std::logic_error where a number is wanted.
RanksCase parseCase(const std::string& text);

// Those that fit on so many devices, one a rank.
std::vector<RanksCase> usualCases(int32_t devices);

}  // namespace flover::bench
