// Sampling of all rows at once, by the definition of flover/sampling.h, and the end of a pass.
#pragma once
#include <cuda_runtime.h>

#include "plan.h"

namespace flover::cuda {

struct Sampler {
  const PassHeader* header = nullptr;
  const SampleEntry* entries = nullptr;
  const int* extra = nullptr;
  const float* logits = nullptr;  // [row][vocabulary]
  const float* bias = nullptr;    // [vocabulary] or none
  float* processed = nullptr;     // [entry][vocabulary]: scratch
  int32_t* history = nullptr;     // [slot][historyStride]
  int historyStride = 0;
  int vocabulary = 0;
  Record* records = nullptr;  // pinned
  int32_t* tokens = nullptr;  // pinned [record][recordStride]
  float* logProbs = nullptr;  // pinned [record][recordStride]
  int recordStride = 0;
  int* counter = nullptr;  // zero between launches
};

// Writes the new token to the history and the record; the last block of the last pass stamps the
// end.
void sample(const Sampler& s, int entries, cudaStream_t stream);

}  // namespace flover::cuda
