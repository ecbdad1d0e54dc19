// Steps 6 to 8 of flover/sampling.h: top-k, top-p and the draw, without sorting. A threshold on the
// values is found bit by bit instead, each bit by a count or a sum over the whole row.
#pragma once
#include "flover/random.h"
#include "sample-block.cuh"
#include "sample.h"

namespace flover::cuda {

// Larger keys are larger values, and both zeros are one; barred ones are below every other.
__device__ __forceinline__ uint32_t keyOf(float x) {
  const uint32_t bits = __float_as_uint(x + 0.0f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}
__device__ __forceinline__ float valueOf(uint32_t key) {
  return __uint_as_float(key & 0x80000000u ? key & 0x7fffffffu : ~key);
}

// The smallest key such that the candidates above it do not suffice: found bit by bit from the top.
// `enough(key)` says whether those with a key of at least `key` suffice.
template <typename Enough>
__device__ uint32_t smallestKey(Enough enough) {
  uint32_t key = 0;
  for (int bit = 31; bit >= 0; bit--)
    if (enough(key | 1u << bit)) key |= 1u << bit;
  return key;
}

// A processed row, of which a thread has the ids [begin, end).
struct DrawRow {
  const float* values;
  float top;  // the largest
  int begin, end;
  SampleShared& shared;

  // exp(value - top) of an id.
  __device__ __forceinline__ double weight(int i) const {
    return exp(static_cast<double>(values[i] - top));
  }
  __device__ __forceinline__ int countAtLeast(uint32_t key) const {
    int n = 0;
    for (int i = begin; i < end; i++) n += keyOf(values[i]) >= key;
    return everyone<SumInt>(n, shared.sumInt);
  }
  __device__ __forceinline__ double weightAtLeast(uint32_t key) const {
    double w = 0;
    for (int i = begin; i < end; i++)
      if (keyOf(values[i]) >= key) w += weight(i);
    return everyone<Sum>(w, shared.sum);
  }
  __device__ __forceinline__ double weightOfKey(uint32_t key) const {
    return exp(static_cast<double>(valueOf(key) - top));
  }
};

// Who may be drawn: keys above `key`, and of those that have it the first `ties` by id.
struct Candidates {
  uint32_t key;
  int ties;
};

// Key of the lowest value that is not barred.
__device__ __forceinline__ uint32_t lowestKey() { return keyOf(-INFINITY) + 1; }

__device__ __forceinline__ void takeTopK(const SampleEntry& e, const DrawRow& row,
                                         Candidates& who) {
  if (e.topK <= 0 || row.countAtLeast(lowestKey()) <= e.topK) return;
  who.key = smallestKey([&](uint32_t key) { return row.countAtLeast(key) >= e.topK; });
  who.ties = e.topK - (who.key == 0xffffffffu ? 0 : row.countAtLeast(who.key + 1));
}

// Narrows `who`, which are the top k where there is a k.
__device__ __forceinline__ void takeTopP(const SampleEntry& e, const DrawRow& row,
                                         Candidates& who) {
  if (e.topP >= 1.0f) return;
  double whole = row.weightAtLeast(who.key);
  if (e.topK > 0 && who.key > lowestKey())
    whole = row.weightAtLeast(who.key + 1) + who.ties * row.weightOfKey(who.key);
  const double limit = static_cast<double>(e.topP) * whole;
  // the key at which the running weight first reaches the limit
  const uint32_t nucleus = smallestKey([&](uint32_t key) {
    return key > who.key ? row.weightAtLeast(key) >= limit : key <= who.key;
  });
  if (nucleus <= who.key && limit >= whole) return;
  const double above = nucleus == 0xffffffffu ? 0 : row.weightAtLeast(nucleus + 1);
  const double one = row.weightOfKey(nucleus);
  const int wanted = max(1, static_cast<int>(ceil((limit - above) / one)));
  who.ties = nucleus == who.key ? min(who.ties, wanted) : wanted;
  who.key = nucleus;
}

// The first candidate, by id, at which the running sum of weights exceeds the entry's uniform draw
// times the whole; the last, where rounding lets none.
__device__ __forceinline__ int choose(const Sampler& s, const SampleEntry& e, const DrawRow& row,
                                      const Candidates& who) {
  int equal = 0;
  for (int i = row.begin; i < row.end; i++) equal += keyOf(row.values[i]) == who.key;
  int before;
  __syncthreads();
  ScanInt(row.shared.scanInt).ExclusiveSum(equal, before);
  const auto weigh = [&](auto visit) {
    int rank = before;
    for (int i = row.begin; i < row.end; i++) {
      const uint32_t key = keyOf(row.values[i]);
      if (key < who.key || row.values[i] == -INFINITY || (key == who.key && rank++ >= who.ties))
        continue;
      visit(i, row.weight(i));
    }
  };
  double mine = 0, previous, whole;
  weigh([&](int, double w) { mine += w; });
  __syncthreads();
  Scan(row.shared.scan).ExclusiveSum(mine, previous, whole);
  __shared__ double target;
  __shared__ int chosen, last;
  if (threadIdx.x == 0) {
    target = samplingUniform(e.seed, e.groupIndex, e.position) * whole;
    chosen = s.vocabulary;
    last = 0;
  }
  __syncthreads();
  double running = previous;
  weigh([&](int i, double w) {
    running += w;
    atomicMax(&last, i);
    if (running > target) atomicMin(&chosen, i);
  });
  __syncthreads();
  return chosen < s.vocabulary ? chosen : last;
}

// Draws from the processed row; `top` is its largest value after division by the temperature.
__device__ inline int draw(const Sampler& s, const SampleEntry& e, const float* values, float top,
                           SampleShared& shared) {
  const int each = (s.vocabulary + kSampleThreads - 1) / kSampleThreads;
  const int begin = min(static_cast<int>(threadIdx.x) * each, s.vocabulary);
  const DrawRow row{values, top, begin, min(begin + each, s.vocabulary), shared};
  Candidates who{lowestKey(), s.vocabulary};
  takeTopK(e, row, who);
  takeTopP(e, row, who);
  return choose(s, e, row, who);
}

}  // namespace flover::cuda
