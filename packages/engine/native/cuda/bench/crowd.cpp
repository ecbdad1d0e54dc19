#include "crowd.h"

#include "parts.h"

namespace flover::bench {

namespace {
constexpr int32_t kContext = 200, kOutput = 200;
}

Crowd::Crowd(Driven& driven) : ids(driven.crowd(kCrowd, kContext, kOutput)), position(kContext) {}

double Crowd::aloneMs(Driven& driven) {
  constexpr int32_t kFirst = 2, kIterations = 12;
  double ms = 0;
  for (int32_t i = 0; i < kIterations; ++i) {
    decode(driven);
    const double each = durationMs(driven.wait());
    if (i >= kFirst) ms += each / (kIterations - kFirst);
  }
  return ms;
}

double Crowd::iterationBytes(const ModelConfig& model) const {
  return weightBytes(model) + kCrowd * kvBytesAToken(model) * position;
}

}  // namespace flover::bench
