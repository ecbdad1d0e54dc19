// The two inner loops of attention, for heads of Parts * 16 dimensions: scores of sixteen keys, and
// weighted sums of values for a few query heads at once. How many go together has no part in the
// order of any sum.
#pragma once
#include "simd.h"

namespace flover::cpu {

// out[16] = query . keys[0..15], sixteen rows of type T.
template <DataType T, int Parts>
inline void scoreKeys(const float* query, const std::byte* const* keys, float* out) {
  Lanes q[Parts];
  for (int part = 0; part < Parts; ++part) q[part] = load(query + part * kLanes);
  Lanes totals[kLanes];
  for (int key = 0; key < kLanes; ++key) {
    Lanes total = zero();
    for (int part = 0; part < Parts; ++part)
      total = fma(q[part], loadAs<T>(keys[key], part * kLanes), total);
    totals[key] = total;
  }
  store(out, sums(totals));
}

template <DataType T>
inline void scoreKeys(int parts, const float* query, const std::byte* const* keys, float* out) {
  switch (parts) {
    case 2:
      return scoreKeys<T, 2>(query, keys, out);
    case 4:
      return scoreKeys<T, 4>(query, keys, out);
    case 8:
      return scoreKeys<T, 8>(query, keys, out);
    default:
      break;
  }
  Lanes totals[kLanes];
  for (int key = 0; key < kLanes; ++key) {
    totals[key] = zero();
    for (int part = 0; part < parts; ++part) {
      totals[key] =
          fma(load(query + part * kLanes), loadAs<T>(keys[key], part * kLanes), totals[key]);
    }
  }
  store(out, sums(totals));
}

// outputs[h] = outputs[h] * keep[h] + take[h] * sum over tokens ascending of weights[h][token] *
// values[token], for Heads query heads and Parts * 16 dimensions from dimension `offset` on.
template <DataType T, int Parts, int Heads>
inline void weighValues(const float* weights, int weightStride, const std::byte* const* values,
                        int count, int offset, const float* keep, const float* take, float* outputs,
                        int outputStride) {
  Lanes totals[Heads][Parts];
  for (int h = 0; h < Heads; ++h) {
    for (int part = 0; part < Parts; ++part) totals[h][part] = zero();
  }
  for (int token = 0; token < count; ++token) {
    Lanes weight[Heads];
    for (int h = 0; h < Heads; ++h) weight[h] = broadcast(weights[h * weightStride + token]);
    for (int part = 0; part < Parts; ++part) {
      const Lanes value = loadAs<T>(values[token], offset + part * kLanes);
      for (int h = 0; h < Heads; ++h) totals[h][part] = fma(weight[h], value, totals[h][part]);
    }
  }
  for (int h = 0; h < Heads; ++h) {
    for (int part = 0; part < Parts; ++part) {
      float* at = outputs + h * outputStride + offset + part * kLanes;
      store(at, add(mul(load(at), broadcast(keep[h])), mul(totals[h][part], broadcast(take[h]))));
    }
  }
}

}  // namespace flover::cpu
