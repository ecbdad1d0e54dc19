// RMSNorm and LayerNorm of one row: sums over sixteen lanes, inputs ascending, lanes joined
// pairwise by halves.
#pragma once
#include <cstdint>

namespace flover::cpu {

// y = x / sqrt(mean(x^2) + epsilon) * weight
void rmsNorm(const float* x, const float* weight, int64_t size, double epsilon, float* y);
// y = (x - mean) / sqrt(variance + epsilon) * weight + bias
void layerNorm(const float* x, const float* weight, const float* bias, int64_t size, double epsilon,
               float* y);

}  // namespace flover::cpu
