// SiLU and the tanh form of GELU ("gelu_new") on sixteen lanes.
#pragma once
#include "simd.h"

namespace flover::cpu {

// x / (1 + e^-x)
inline Lanes silu(Lanes x) {
  const Lanes one = broadcast(1.0f);
  return div(x, add(one, exp(sub(zero(), x))));
}

// x / 2 (1 + tanh(y)) = x / (1 + e^-2y) with y = sqrt(2 / pi) (x + 0.044715 x^3)
inline Lanes gelu(Lanes x) {
  const Lanes cubic = mul(mul(x, x), mul(x, broadcast(0.044715f)));
  const Lanes y = mul(broadcast(0.7978845608f), add(x, cubic));
  return div(x, add(broadcast(1.0f), exp(mul(broadcast(-2.0f), y))));
}

}  // namespace flover::cpu
