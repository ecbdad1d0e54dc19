// Counter-based random numbers: a value depends on its key and counter alone, on every device
// alike.
#pragma once
#include <cstdint>

#if defined(__CUDACC__)
#define FLOVER_HOST_DEVICE __host__ __device__
#else
#define FLOVER_HOST_DEVICE
#endif

namespace flover {

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15ull;

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): a bijection of 64 bits.
FLOVER_HOST_DEVICE inline uint64_t mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

FLOVER_HOST_DEVICE inline uint64_t randomBits(uint64_t key, uint64_t counter) {
  return mix64(mix64(key) + (counter + 1) * kGolden);
}

// The draw that samples the token at absolute position `position` (prompt included) of the sequence
// with place `groupIndex` in its request: uniform in [0, 1), 53 bits.
FLOVER_HOST_DEVICE inline double samplingUniform(uint64_t seed, int32_t groupIndex,
                                                 int32_t position) {
  const uint64_t key = seed + static_cast<uint64_t>(groupIndex) * kGolden;
  return static_cast<double>(randomBits(key, static_cast<uint64_t>(position)) >> 11) * 0x1.0p-53;
}

}  // namespace flover
