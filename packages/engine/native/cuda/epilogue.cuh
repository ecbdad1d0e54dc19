// What becomes of a pair of finished sums, rows r and r + 8 of a strip of 16, of one token. Rows were stored so that pairs
// belong together: gate and up of one neuron, or the two dimensions that a rotation mixes.
#pragma once
#include "product.h"
#include "types.cuh"

namespace flover::cuda {

__device__ __forceinline__ float silu(float x) { return x / (1.0f + __expf(-x)); }
// tanh approximation, as GPT-J's gelu_new
__device__ __forceinline__ float geluNew(float x) {
  return 0.5f * x * (1.0f + tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}

template <typename T>
__device__ __forceinline__ void storeHeads(const HeadTarget& to, int row, int token, float a, float b) {
  const int head = row / to.stride, local = row % to.stride;
  const int pair = local / 16 * 8 + local % 8;
  if (pair >= to.headDim / 2) return;
  const int first = to.interleaved ? 2 * pair : pair;
  const int second = to.interleaved ? 2 * pair + 1 : pair + to.headDim / 2;
  const int queryHeads = to.heads, keyHead = head - queryHeads, valueHead = keyHead - to.kvHeads;
  if (valueHead < 0 && 2 * pair < to.rotated) {
    const float2 turn = __ldg(&to.rope[static_cast<int64_t>(to.positions[token]) * (to.rotated / 2) + pair]);
    const float x = a, y = b;
    a = x * turn.x - y * turn.y;
    b = y * turn.x + x * turn.y;
  }
  if (keyHead < 0) {
    T* q = static_cast<T*>(to.queries) + (static_cast<int64_t>(token) * queryHeads + head) * to.stride;
    q[first] = fromFloat<T>(a);
    q[second] = fromFloat<T>(b);
    return;
  }
  const int block = to.blocks[token];
  if (block < 0) return;
  T* pool = static_cast<T*>(valueHead < 0 ? to.keys : to.values);
  const int kvHead = valueHead < 0 ? keyHead : valueHead;
  pool += ((static_cast<int64_t>(block) * to.kvHeads + kvHead) * to.blockTokens + to.offsets[token]) * to.stride;
  pool[first] = fromFloat<T>(a);
  pool[second] = fromFloat<T>(b);
}

// `row` is the stored row of `a`; `b` is eight rows below.
template <typename T>
__device__ __forceinline__ void storePair(const Product& p, int split, int row, int token, float a, float b) {
  if (token >= p.tokens || row >= p.weight.rows) return;
  const Epilogue& e = p.epilogue;
  if (e.kind == EpilogueKind::Partials) {
    float* out = e.partials + (static_cast<int64_t>(split) * p.layout.tokens + token) * e.partialStride;
    out[row] = a;
    if (row + 8 < p.weight.rows) out[row + 8] = b;
    return;
  }
  if (p.weight.bias) {
    a += __ldg(&p.weight.bias[row]);
    b += row + 8 < p.weight.rows ? __ldg(&p.weight.bias[row + 8]) : 0.0f;
  }
  if (e.kind == EpilogueKind::Heads) return storeHeads<T>(e.target, row, token, a, b);
  T* out = static_cast<T*>(e.activations);
  if (e.kind == EpilogueKind::Gated) {
    out[e.layout.index(row / 16 * 8 + row % 8, token)] = fromFloat<T>(silu(a) * b);
  } else {
    out[e.layout.index(row, token)] = fromFloat<T>(geluNew(a));
    if (row + 8 < p.weight.rows) out[e.layout.index(row + 8, token)] = fromFloat<T>(geluNew(b));
  }
}

}  // namespace flover::cuda
