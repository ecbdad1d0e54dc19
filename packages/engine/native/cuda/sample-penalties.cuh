// Steps 1 to 4 of flover/sampling.h on a row of logits in place: penalties, bad words and the
// minimum length.
#pragma once
#include "sample-block.cuh"
#include "sample.h"

namespace flover::cuda {

// Both penalties count a distinct token once: dynamic shared memory keeps a bit a token.
__device__ inline void applyPenalties(const Sampler& s, const SampleEntry& e, float* row) {
  extern __shared__ uint32_t seen[];
  const int32_t* history = s.history + static_cast<int64_t>(e.slot) * s.historyStride;
  const int words = (s.vocabulary + 31) / 32;
  // The repetition penalty over prompt and output, then the presence penalty over the output.
  for (int pass = 0; pass < 2; pass++) {
    if (pass == 0 ? e.repetition == 1.0f : e.presence == 0.0f) continue;
    __syncthreads();
    for (int i = threadIdx.x; i < words; i += kSampleThreads) seen[i] = 0;
    __syncthreads();
    for (int i = (pass == 0 ? 0 : e.promptTokens) + threadIdx.x; i < e.position;
         i += kSampleThreads) {
      const int token = history[i];
      if (atomicOr(&seen[token / 32], 1u << token % 32) & 1u << token % 32) continue;
      const float x = row[token];
      row[token] = pass == 1 ? x - e.presence : x < 0.0f ? x * e.repetition : x / e.repetition;
    }
  }
  __syncthreads();
  // SampleEntry::wordsAt: count of end tokens, they, count of bad words, each with its length
  // first.
  const int* extra = s.extra + e.wordsAt;
  const int ends = extra[0], badWords = extra[1 + ends];
  if (threadIdx.x == 0) {
    const int* word = extra + 2 + ends;
    for (int w = 0; w < badWords; w++, word += word[0] + 1) {
      const int length = word[0];
      bool bar = e.position >= length - 1;
      for (int i = 0; bar && i < length - 1; i++)
        bar = history[e.position - length + 1 + i] == word[1 + i];
      bool isEnd = false;  // a word that is a lone end token is left alone
      for (int i = 0; length == 1 && i < ends; i++) isEnd |= extra[1 + i] == word[1];
      if (bar && !isEnd) row[word[length]] = -INFINITY;
    }
    if (e.barEnds)
      for (int i = 0; i < ends; i++) row[extra[1 + i]] = -INFINITY;
  }
  __syncthreads();
}

}  // namespace flover::cuda
