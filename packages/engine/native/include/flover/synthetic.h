// Synthetic weights: each element from the tensor's name, its row-major index in the whole tensor
// and the seed.
#pragma once
#include <cstdint>
#include <string_view>

#include "flover/random.h"

namespace flover {

// FNV-1a of the name, mixed with the seed.
inline uint64_t syntheticKey(std::string_view name, uint64_t seed) {
  uint64_t hash = 0xCBF29CE484222325ull;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3ull;
  return mix64(hash ^ mix64(seed + kGolden));
}

// Uniform in +-0.02 sqrt(3) (standard deviation 0.02), 24 bits; exact in fp32, then rounded to the
// model's type by the caller. Norm weights are 1 + value, biases and all else are the value.
FLOVER_HOST_DEVICE inline float syntheticValue(uint64_t key, uint64_t index) {
  const uint32_t bits = static_cast<uint32_t>(randomBits(key, index) >> 40);
  return (static_cast<float>(bits) * 0x1.0p-23f - 1.0f) * 0.034641016f;
}

}  // namespace flover
