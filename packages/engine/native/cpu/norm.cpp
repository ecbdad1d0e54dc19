#include "norm.h"

#include <cmath>

#include "simd.h"

namespace flover::cpu {
namespace {

// Sum of f(x[i]); the tail is filled with `pad`, for which f is 0.
template <typename F>
float sumOf(const float* x, int64_t size, float pad, F f) {
  Lanes total = zero();
  int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) total = f(load(x + i), total);
  if (i < size) {
    float tail[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) tail[lane] = i + lane < size ? x[i + lane] : pad;
    total = f(load(tail), total);
  }
  return sum(total);
}

}  // namespace

void rmsNorm(const float* x, const float* weight, int64_t size, double epsilon, float* y) {
  const float squares = sumOf(x, size, 0.0f, [](Lanes v, Lanes total) { return fma(v, v, total); });
  const float scale = static_cast<float>(
      1.0 / std::sqrt(static_cast<double>(squares) / static_cast<double>(size) + epsilon));
  for (int64_t i = 0; i < size; ++i) y[i] = x[i] * scale * weight[i];
}

void layerNorm(const float* x, const float* weight, const float* bias, int64_t size, double epsilon,
               float* y) {
  const float mean = sumOf(x, size, 0.0f, [](Lanes v, Lanes total) { return add(v, total); }) /
                     static_cast<float>(size);
  const Lanes centre = broadcast(mean);
  const float squares = sumOf(x, size, mean, [&](Lanes v, Lanes total) {
    const Lanes d = sub(v, centre);
    return fma(d, d, total);
  });
  const float scale = static_cast<float>(
      1.0 / std::sqrt(static_cast<double>(squares) / static_cast<double>(size) + epsilon));
  for (int64_t i = 0; i < size; ++i) y[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

}  // namespace flover::cpu
