// Rotary tables: cosines and sines by position and frequency, in fp32 from double.
#pragma once
#include <cstdint>
#include <vector>

#include "flover/model.h"

namespace flover {

// Angular frequencies [dims / 2], scaled (linear, or the wavelength bands of Llama 3).
std::vector<double> ropeFrequencies(const Rope& rope);

struct RopeTable {
  int32_t pairs = 0;           // dims / 2
  std::vector<float> cosines;  // [positions, pairs]
  std::vector<float> sines;
};

// LLaMA rotates (x[i], x[i + pairs]); GPT-J rotates (x[2i], x[2i + 1]); dimensions from 2 * pairs
// on pass.
RopeTable ropeTable(const Rope& rope, int32_t positions);

}  // namespace flover
