// Sampling: a block of 1,024 threads a row of logits, by the definition of flover/sampling.h.
//
// In: logits [row][vocabulary] in fp32, on several ranks written by all of them, and the sampled
// entries of the packed pass. Out: the token in the history, the token and its log-probability in
// pinned memory; the last block of a work's last pass also stamps its end. Shared memory: a bit a
// token of the vocabulary. Sums run in double and in one fixed order.
//
// Bytes: vocabulary x 4 a row, read twice. Where a row is not plainly greedy it is also written and
// read twice; top-k counts it up to 34 times and top-p weighs it up to 35 times, in the
// second-level cache. Measured within iterations: flover_cuda_bench.
#include "bounds.h"
#include "flover/work.h"
#include "pdl.cuh"
#include "sample-draw.cuh"
#include "sample-penalties.cuh"
#include "sample.h"

namespace flover::cuda {

namespace {

static_assert(kMostVocabulary / 8 + sizeof(SampleShared) + 1024 <= 48 << 10);

__global__ void __launch_bounds__(kSampleThreads) sampleRows(const __grid_constant__ Sampler s) {
  __shared__ SampleShared shared;
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
    for (int i = threadIdx.x; i < s.vocabulary; i += kSampleThreads)
      best = better(best, Best{logit(i), i});
    best = blockBest(best);
    double sum = 0;
#pragma unroll 8
    for (int i = threadIdx.x; i < s.vocabulary; i += kSampleThreads)
      sum += expf(logit(i) - best.value);
    const double whole = everyone<Sum>(sum, shared.sum), peak = best.value;
    // Step 0 of the definition: only then is the sum no number.
    const bool undefined = !isfinite(whole);
    int token = best.id;
    if (e.general && !undefined) {
      float* row = s.processed + static_cast<int64_t>(blockIdx.x) * s.vocabulary;
      for (int i = threadIdx.x; i < s.vocabulary; i += kSampleThreads) row[i] = logit(i);
      __syncthreads();
      applyPenalties(s, e, row);
      best = Best{-INFINITY, s.vocabulary};
      for (int i = threadIdx.x; i < s.vocabulary; i += kSampleThreads) {
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
  launchDependent(sampleRows, dim3(entries > 0 ? entries : 1), dim3(kSampleThreads), bits, stream,
                  s);
}

}  // namespace flover::cuda
