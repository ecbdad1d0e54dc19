#include "flover/rope.h"

#include <cmath>
#include <numbers>

namespace flover {
namespace {

// Llama 3.1: long wavelengths are stretched by `factor`, short ones kept, those between blended.
double llama3Frequency(const Rope& rope, double frequency) {
  const double wavelength = 2.0 * std::numbers::pi / frequency;
  const double positions = rope.originalPositions;
  if (wavelength < positions / rope.highFrequencyFactor) return frequency;
  if (wavelength > positions / rope.lowFrequencyFactor) return frequency / rope.factor;
  const double smooth = (positions / wavelength - rope.lowFrequencyFactor) /
                        (rope.highFrequencyFactor - rope.lowFrequencyFactor);
  return (1.0 - smooth) * frequency / rope.factor + smooth * frequency;
}

}  // namespace

std::vector<double> ropeFrequencies(const Rope& rope) {
  std::vector<double> frequencies(static_cast<size_t>(rope.dims / 2));
  for (size_t i = 0; i < frequencies.size(); ++i) {
    const double frequency = std::pow(rope.theta, -2.0 * static_cast<double>(i) / rope.dims);
    switch (rope.scaling) {
      case Rope::Scaling::None:
        frequencies[i] = frequency;
        break;
      case Rope::Scaling::Linear:
        frequencies[i] = frequency / rope.factor;
        break;
      case Rope::Scaling::Llama3:
        frequencies[i] = llama3Frequency(rope, frequency);
        break;
    }
  }
  return frequencies;
}

RopeTable ropeTable(const Rope& rope, int32_t positions) {
  const std::vector<double> frequencies = ropeFrequencies(rope);
  RopeTable table;
  table.pairs = static_cast<int32_t>(frequencies.size());
  table.cosines.resize(static_cast<size_t>(positions) * frequencies.size());
  table.sines.resize(table.cosines.size());
  for (int32_t position = 0; position < positions; ++position) {
    for (size_t i = 0; i < frequencies.size(); ++i) {
      // transformers multiplies a frequency rounded to fp32; keep its angle, then the exact cosine
      // of it.
      const float angle = static_cast<float>(position) * static_cast<float>(frequencies[i]);
      const size_t at = static_cast<size_t>(position) * frequencies.size() + i;
      table.cosines[at] = static_cast<float>(std::cos(static_cast<double>(angle)));
      table.sines[at] = static_cast<float>(std::sin(static_cast<double>(angle)));
    }
  }
  return table;
}

}  // namespace flover
