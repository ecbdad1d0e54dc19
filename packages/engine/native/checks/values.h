// Seeded numbers for checks.
#pragma once
#include <vector>

#include "flover/random.h"

namespace flover::checks {

// Uniform in [-size, size).
inline std::vector<float> values(size_t count, uint64_t seed, float size = 1.0f) {
  std::vector<float> out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i] = (static_cast<float>(randomBits(seed, i) >> 40) * 0x1.0p-23f - 1.0f) * size;
  }
  return out;
}

}  // namespace flover::checks
