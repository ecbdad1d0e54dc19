// What becomes of a pair of finished sums, rows r and r + 8 of a strip of 16, of one token. Rows
// were stored so that pairs belong together: gate and up of one neuron, or the two dimensions that
// a rotation mixes.
#pragma once
#include "product.h"
#include "types.cuh"

namespace flover::cuda {

__device__ __forceinline__ float silu(float x) { return x / (1.0f + __expf(-x)); }
// tanh approximation, as GPT-J's gelu_new
__device__ __forceinline__ float geluNew(float x) {
  return 0.5f * x * (1.0f + tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}

// Where a stored row of the query, key and value weight goes.
struct HeadPlace {
  int head, first, second, pair;
  bool isQuery, isValue, rotates, exists;
  __device__ __forceinline__ HeadPlace(const HeadTarget& to, int row) {
    head = row / to.stride;
    const int local = row % to.stride;
    pair = local / 16 * 8 + local % 8;
    first = to.interleaved ? 2 * pair : pair;
    second = to.interleaved ? 2 * pair + 1 : pair + to.headDim / 2;
    isQuery = head < to.heads;
    isValue = head >= to.heads + to.kvHeads;
    rotates = !isValue && 2 * pair < to.rotated;
    exists = pair < to.headDim / 2;
    if (!isQuery) head = isValue ? head - to.heads - to.kvHeads : head - to.heads;
  }
};

__device__ __forceinline__ float2 rotationOf(const HeadTarget& to, const HeadPlace& at,
                                             int position) {
  return __ldg(&to.rope[static_cast<int64_t>(position) * (to.rotated / 2) + at.pair]);
}

// `place` is the token's place among all keys of head 0, negative for none.
template <typename T>
__device__ __forceinline__ void storeHead(const HeadTarget& to, const HeadPlace& at, int token,
                                          int place, float2 rotation, float a, float b) {
  if (at.rotates) {
    const float x = a, y = b;
    a = x * rotation.x - y * rotation.y;
    b = y * rotation.x + x * rotation.y;
  }
  if (!at.isQuery && place < 0) return;
  T* row =
      at.isQuery
          ? static_cast<T*>(to.queries) +
                (static_cast<int64_t>(token) * to.heads + at.head) * to.stride
          : static_cast<T*>(at.isValue ? to.values : to.keys) +
                (static_cast<int64_t>(place) + static_cast<int64_t>(at.head) * to.blockTokens) *
                    to.stride;
  row[at.first] = fromFloat<T>(a);
  row[at.second] = fromFloat<T>(b);
}

// `row` is the stored row of `a`; `b` is eight rows below.
template <typename T>
__device__ __forceinline__ void storePair(const Product& p, int split, int row, int token, float a,
                                          float b) {
  if (token >= p.tokens || row >= p.weight.rows) return;
  const Epilogue& e = p.epilogue;
  if (e.kind == EpilogueKind::Partials) {
    float* out =
        e.partials + (static_cast<int64_t>(split) * p.layout.tokens + token) * e.partialStride;
    out[row] = a;
    if (row + 8 < p.weight.rows) out[row + 8] = b;
    return;
  }
  if (p.weight.bias) {
    a += __ldg(&p.weight.bias[row]);
    b += row + 8 < p.weight.rows ? __ldg(&p.weight.bias[row + 8]) : 0.0f;
  }
  if (e.kind == EpilogueKind::Heads) {
    const HeadPlace at(e.target, row);
    if (!at.exists) return;
    const float2 rotation = at.rotates ? rotationOf(e.target, at, __ldg(&e.target.positions[token]))
                                       : make_float2(1, 0);
    return storeHead<T>(e.target, at, token, __ldg(&e.target.places[token]), rotation, a, b);
  }
  T* out = static_cast<T*>(e.activations);
  if (e.kind == EpilogueKind::Gated) {
    out[e.layout.index(row / 16 * 8 + row % 8, token)] = fromFloat<T>(silu(a) * b);
  } else {
    out[e.layout.index(row, token)] = fromFloat<T>(geluNew(a));
    if (row + 8 < p.weight.rows) out[e.layout.index(row + 8, token)] = fromFloat<T>(geluNew(b));
  }
}

// The 8 x 8 matrix of 16-bit numbers that a warp holds, two of row lane / 4 a lane, transposed.
__device__ __forceinline__ uint32_t transposed(uint32_t pair) {
  uint32_t out;
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(out) : "r"(pair));
  return out;
}
template <typename T>
__device__ __forceinline__ uint32_t pair16(float a, float b) {
  const T x[2] = {fromFloat<T>(a), fromFloat<T>(b)};
  return static_cast<uint32_t>(*reinterpret_cast<const uint16_t*>(&x[0])) |
         static_cast<uint32_t>(*reinterpret_cast<const uint16_t*>(&x[1])) << 16;
}

// Gated sums of a whole strip: eight neurons of eight tokens are 128 bytes in a row.
template <typename T, int N>
__device__ __forceinline__ void storeGated(const Product& p, int row, int firstToken,
                                           const float* sums) {
  const Epilogue& e = p.epilogue;
  const float biasA = p.weight.bias ? __ldg(&p.weight.bias[row]) : 0.0f;
  const float biasB = p.weight.bias ? __ldg(&p.weight.bias[row + 8]) : 0.0f;
  const int lane = threadIdx.x % 32, neuron = row / 16 * 8 + lane % 4 * 2;
  const int token = firstToken - lane % 4 * 2 + lane / 4;
#pragma unroll
  for (int j = 0; j < N / 8; j++) {
    const float* s = sums + j * 4;
    const float first = silu(s[0] + biasA) * (s[2] + biasB);
    const float second = silu(s[1] + biasA) * (s[3] + biasB);
    const uint32_t bits = transposed(pair16<T>(first, second));
    if (token + j * 8 >= p.tokens) continue;
    *reinterpret_cast<uint32_t*>(static_cast<T*>(e.activations) +
                                 e.layout.index(neuron, token + j * 8)) = bits;
  }
}

// Sums of a whole strip and of tokens that are all there: little code, which is cold when it is
// needed.
template <int N>
__device__ __forceinline__ void storePartials(const Product& p, int split, int row, int firstToken,
                                              const float* sums) {
  const int stride = p.epilogue.partialStride;
  float* out = p.epilogue.partials + row +
               (static_cast<int64_t>(split) * p.layout.tokens + firstToken) * stride;
#pragma unroll
  for (int j = 0; j < N / 2; j += 4, out += 7 * stride) {
    out[0] = sums[j], out[8] = sums[j + 2];
    out += stride;
    out[0] = sums[j + 1], out[8] = sums[j + 3];
  }
}

// All sums of a lane of a warpgroup: sums[j * 4 + q] is row + 8 (q / 2), token firstToken + 8j + q
// % 2. What must be looked up for a token is loaded for several tokens at once, before anything is
// stored.
template <typename T, int N>
__device__ __forceinline__ void storeTile(const Product& p, int split, int row, int firstToken,
                                          const float* sums) {
  if (p.epilogue.kind == EpilogueKind::Gated && row / 16 * 16 + 16 <= p.weight.rows)
    return storeGated<T, N>(p, row, firstToken, sums);
  if (p.epilogue.kind == EpilogueKind::Partials && row / 16 * 16 + 16 <= p.weight.rows &&
      firstToken / 8 * 8 + N <= p.tokens)
    return storePartials<N>(p, split, row, firstToken, sums);
  if (p.epilogue.kind != EpilogueKind::Heads) {
#pragma unroll
    for (int j = 0; j < N / 8; j++) {
      storePair<T>(p, split, row, firstToken + j * 8, sums[j * 4], sums[j * 4 + 2]);
      storePair<T>(p, split, row, firstToken + j * 8 + 1, sums[j * 4 + 1], sums[j * 4 + 3]);
    }
    return;
  }
  const HeadTarget& to = p.epilogue.target;
  const HeadPlace at(to, row);
  if (row >= p.weight.rows || !at.exists) return;
  const float biasA = p.weight.bias ? __ldg(&p.weight.bias[row]) : 0.0f;
  const float biasB = p.weight.bias ? __ldg(&p.weight.bias[row + 8]) : 0.0f;
  constexpr int kRound = N / 8 < 4 ? N / 8 : 4;
#pragma unroll
  for (int round = 0; round < N / 8; round += kRound) {
    int2 position[kRound], place[kRound];
    float2 rotation[kRound][2];
#pragma unroll
    for (int j = 0; j < kRound; j++) {
      const int token = firstToken + (round + j) * 8;
      position[j] = __ldg(reinterpret_cast<const int2*>(to.positions + token));
      place[j] = __ldg(reinterpret_cast<const int2*>(to.places + token));
    }
#pragma unroll
    for (int j = 0; j < kRound; j++) {
      rotation[j][0] = at.rotates ? rotationOf(to, at, position[j].x) : make_float2(1, 0);
      rotation[j][1] = at.rotates ? rotationOf(to, at, position[j].y) : make_float2(1, 0);
    }
#pragma unroll
    for (int j = 0; j < kRound; j++) {
      const int token = firstToken + (round + j) * 8;
      const float* s = sums + (round + j) * 4;
      if (token < p.tokens)
        storeHead<T>(to, at, token, place[j].x, rotation[j][0], s[0] + biasA, s[2] + biasB);
      if (token + 1 < p.tokens)
        storeHead<T>(to, at, token + 1, place[j].y, rotation[j][1], s[1] + biasA, s[3] + biasB);
    }
  }
}

}  // namespace flover::cuda
