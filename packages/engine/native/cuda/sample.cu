// One block a row. Sums run in a fixed order: a thread over its own ids ascending, threads by a
// fixed tree or scan.
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>

#include "bounds.h"
#include "flover/random.h"
#include "flover/work.h"
#include "pdl.cuh"
#include "sample.h"

namespace flover::cuda {

namespace {

constexpr int kThreads = 1024;
using SumInt = cub::BlockReduce<int, kThreads>;
using Sum = cub::BlockReduce<double, kThreads>;
using Scan = cub::BlockScan<double, kThreads>;
using ScanInt = cub::BlockScan<int, kThreads>;

union Shared {
  SumInt::TempStorage sumInt;
  Sum::TempStorage sum;
  Scan::TempStorage scan;
  ScanInt::TempStorage scanInt;
};

// A bit a token of the vocabulary lies beside it.
static_assert(kMostVocabulary / 8 + sizeof(Shared) + 1024 <= 48 << 10);

struct Best {
  float value;
  int id;
};
__device__ __forceinline__ Best better(Best a, Best b) {
  return b.value > a.value || (b.value == a.value && b.id < a.id) ? b : a;
}

__device__ Best blockBest(Best mine) {
  __shared__ Best warps[32];
#pragma unroll
  for (int d = 16; d > 0; d /= 2) {
    const Best other{__shfl_xor_sync(0xffffffffu, mine.value, d),
                     __shfl_xor_sync(0xffffffffu, mine.id, d)};
    mine = better(mine, other);
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = mine;
  __syncthreads();
  mine = warps[threadIdx.x % 32];
#pragma unroll
  for (int d = 16; d > 0; d /= 2) {
    const Best other{__shfl_xor_sync(0xffffffffu, mine.value, d),
                     __shfl_xor_sync(0xffffffffu, mine.id, d)};
    mine = better(mine, other);
  }
  return mine;
}

template <typename Reduce, typename V>
__device__ V everyone(V mine, typename Reduce::TempStorage& storage) {
  __shared__ V result;
  __syncthreads();
  const V total = Reduce(storage).Sum(mine);
  if (threadIdx.x == 0) result = total;
  __syncthreads();
  return result;
}

// Larger keys are larger values, and both zeros are one; barred ones are below every other.
__device__ __forceinline__ uint32_t keyOf(float x) {
  const uint32_t bits = __float_as_uint(x + 0.0f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

__device__ void applyPenalties(const Sampler& s, const SampleEntry& e, float* row) {
  extern __shared__ uint32_t seen[];  // a bit a token
  const int32_t* history = s.history + static_cast<int64_t>(e.slot) * s.historyStride;
  const int words = (s.vocabulary + 31) / 32;
  for (int pass = 0; pass < 2; pass++) {
    if (pass == 0 ? e.repetition == 1.0f : e.presence == 0.0f) continue;
    __syncthreads();
    for (int i = threadIdx.x; i < words; i += kThreads) seen[i] = 0;
    __syncthreads();
    for (int i = (pass == 0 ? 0 : e.promptTokens) + threadIdx.x; i < e.position; i += kThreads) {
      const int token = history[i];
      if (atomicOr(&seen[token / 32], 1u << token % 32) & 1u << token % 32) continue;
      const float x = row[token];
      row[token] = pass == 1 ? x - e.presence : x < 0.0f ? x * e.repetition : x / e.repetition;
    }
  }
  __syncthreads();
  const int* extra = s.extra + e.wordsAt;
  const int ends = extra[0], words2 = extra[1 + ends];
  if (threadIdx.x == 0) {
    const int* word = extra + 2 + ends;
    for (int w = 0; w < words2; w++, word += word[0] + 1) {
      const int length = word[0];
      bool bar = e.position >= length - 1;
      for (int i = 0; bar && i < length - 1; i++)
        bar = history[e.position - length + 1 + i] == word[1 + i];
      bool isEnd = false;
      for (int i = 0; length == 1 && i < ends; i++) isEnd |= extra[1 + i] == word[1];
      if (bar && !isEnd) row[word[length]] = -INFINITY;
    }
    if (e.barEnds)
      for (int i = 0; i < ends; i++) row[extra[1 + i]] = -INFINITY;
  }
  __syncthreads();
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

// Draws from the processed row; `top` is its largest value after division by the temperature.
__device__ int draw(const Sampler& s, const SampleEntry& e, float* row, float top, Shared& shared) {
  const int per = (s.vocabulary + kThreads - 1) / kThreads;
  const int begin = min(static_cast<int>(threadIdx.x) * per, s.vocabulary),
            end = min(begin + per, s.vocabulary);
  const auto countAtLeast = [&](uint32_t key) {
    int n = 0;
    for (int i = begin; i < end; i++) n += keyOf(row[i]) >= key;
    return everyone<SumInt>(n, shared.sumInt);
  };
  const auto weightAtLeast = [&](uint32_t key) {
    double w = 0;
    for (int i = begin; i < end; i++)
      if (keyOf(row[i]) >= key) w += exp(static_cast<double>(row[i] - top));
    return everyone<Sum>(w, shared.sum);
  };
  const uint32_t lowest = keyOf(-INFINITY) + 1;
  uint32_t key = lowest;  // candidates: keys above `key`, and the first `ties` with it
  int ties = s.vocabulary;
  if (e.topK > 0 && countAtLeast(lowest) > e.topK) {
    key = smallestKey([&](uint32_t k) { return countAtLeast(k) >= e.topK; });
    ties = e.topK - (key == 0xffffffffu ? 0 : countAtLeast(key + 1));
  }
  const auto weightOfKey = [](uint32_t k, float peak) {
    const float x = __uint_as_float(k & 0x80000000u ? k & 0x7fffffffu : ~k);
    return exp(static_cast<double>(x - peak));
  };
  if (e.topP < 1.0f) {
    double whole = weightAtLeast(key);
    if (e.topK > 0 && key > lowest) whole = weightAtLeast(key + 1) + ties * weightOfKey(key, top);
    const double limit = static_cast<double>(e.topP) * whole;
    // the key at which the running weight first reaches the limit
    const uint32_t nucleus =
        smallestKey([&](uint32_t k) { return k > key ? weightAtLeast(k) >= limit : k <= key; });
    if (nucleus > key || limit < whole) {
      const double above = nucleus == 0xffffffffu ? 0 : weightAtLeast(nucleus + 1);
      const double one = weightOfKey(nucleus, top);
      const int wanted = max(1, static_cast<int>(ceil((limit - above) / one)));
      ties = nucleus == key ? min(ties, wanted) : wanted;
      key = nucleus;
    }
  }
  int equal = 0;
  for (int i = begin; i < end; i++) equal += keyOf(row[i]) == key;
  int before;
  __syncthreads();
  ScanInt(shared.scanInt).ExclusiveSum(equal, before);
  const auto weigh = [&](auto visit) {
    int rank = before;
    for (int i = begin; i < end; i++) {
      const uint32_t k = keyOf(row[i]);
      if (k < key || row[i] == -INFINITY || (k == key && rank++ >= ties)) continue;
      visit(i, exp(static_cast<double>(row[i] - top)));
    }
  };
  double mine = 0, previous, whole;
  weigh([&](int, double w) { mine += w; });
  __syncthreads();
  Scan(shared.scan).ExclusiveSum(mine, previous, whole);
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

__global__ void __launch_bounds__(kThreads) sampleRows(const __grid_constant__ Sampler s) {
  __shared__ Shared shared;
  letNextStart();
  waitForPrevious();
  const PassHeader header = *s.header;
  const bool active = static_cast<int>(blockIdx.x) < header.samples;
  if (active) {
    const SampleEntry e = s.entries[blockIdx.x];
    const float* logits = s.logits + static_cast<int64_t>(e.logitRow) * s.vocabulary;
    const float* bias = s.bias;
    const auto logit = [=](int i) {
      return bias ? __ldcg(logits + i) + __ldg(bias + i) : __ldcg(logits + i);
    };
    Best best{-INFINITY, s.vocabulary};
#pragma unroll 8
    for (int i = threadIdx.x; i < s.vocabulary; i += kThreads)
      best = better(best, Best{logit(i), i});
    best = blockBest(best);
    double sum = 0;
#pragma unroll 8
    for (int i = threadIdx.x; i < s.vocabulary; i += kThreads) sum += expf(logit(i) - best.value);
    const double whole = everyone<Sum>(sum, shared.sum), peak = best.value;
    // Step 0 of the definition: only then is the sum no number.
    const bool undefined = !isfinite(whole);
    int token = best.id;
    if (e.general && !undefined) {
      float* row = s.processed + static_cast<int64_t>(blockIdx.x) * s.vocabulary;
      for (int i = threadIdx.x; i < s.vocabulary; i += kThreads) row[i] = logit(i);
      __syncthreads();
      applyPenalties(s, e, row);
      best = Best{-INFINITY, s.vocabulary};
      for (int i = threadIdx.x; i < s.vocabulary; i += kThreads) {
        if (e.temperature > 0) row[i] /= e.temperature;
        best = better(best, Best{row[i], i});
      }
      __syncthreads();
      best = blockBest(best);
      token = best.id < s.vocabulary ? best.id : 0;
      if (e.temperature > 0 && best.value != -INFINITY) token = draw(s, e, row, best.value, shared);
    }
    if (threadIdx.x == 0) {
      // The next work may be queued already, and reads a token all the same.
      s.history[static_cast<int64_t>(e.slot) * s.historyStride + e.position] =
          undefined ? 0 : token;
      const int64_t at = static_cast<int64_t>(header.record) * s.recordStride + e.index;
      s.tokens[at] = undefined ? kUndefinedToken - e.position : token;
      if (!undefined)
        s.logProbs[at] = static_cast<float>(logit(token) - (peak + log(whole)));
      else
        s.logProbs[at] = best.id < s.vocabulary && isinf(best.value) ? best.value : NAN;
    }
  }
  if (threadIdx.x != 0) return;
  __threadfence_system();
  if (atomicAdd(s.counter, 1) != static_cast<int>(gridDim.x) - 1) return;
  *s.counter = 0;
  if (!header.last) return;
  uint64_t now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  Record* record = s.records + header.record;
  record->endNanos = now;
  __threadfence_system();
  record->done = header.work + 1;
}

}  // namespace

void sample(const Sampler& s, int entries, cudaStream_t stream) {
  const size_t bits = (s.vocabulary + 31) / 32 * 4;
  launchDependent(sampleRows, dim3(entries > 0 ? entries : 1), dim3(kThreads), bits, stream, s);
}

}  // namespace flover::cuda
