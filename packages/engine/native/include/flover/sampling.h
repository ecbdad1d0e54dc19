// How a token is drawn from logits; the exact definition that every backend follows.
//
// In this order, as Hugging Face `generate` does, all in fp32:
//   0. logits without a softmax (one is NaN or +inf, or all are -inf) allow no token: an overflow
//      or broken weights. In place of its log-probability stands the largest if it is infinite,
//      NaN left aside, else NaN;
//   1. repetition penalty over the distinct tokens of prompt and output (x < 0 ? x * p : x / p);
//   2. presence penalty over the distinct tokens of the output (x - p);
//   3. bad words: a word's last token is barred (-inf) where the tokens before it match the rest; a
//   word
//      that is a lone end token is left alone;
//   4. minimum length: end tokens are barred while fewer than minOutputTokens have been sampled;
//   5. temperature 0: the largest, lowest id on ties; otherwise x / temperature;
//   6. top-k: the k first in order (value descending, id ascending);
//   7. top-p: of those, in that order, each while the probability of those before it is below p;
//   8. one uniform draw u (random.h): weights exp(x - max) summed in ascending id; the first token
//   whose
//      running sum exceeds u times the whole.
// The log-probability reported is that of the token under the model's own logits, before 1.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "flover/work.h"

namespace flover {

struct SamplingScratch {
  std::vector<int32_t> candidates;
  std::vector<uint8_t> seen;  // by token, all zero between calls
  std::vector<float> own;     // the logits before step 1
};

struct Sampled {
  int32_t token = 0;
  float logProb = 0.0f;
};

// Steps 1 to 4 on logits[vocabulary] in place. `tokens` are prompt and output so far.
void processLogits(std::span<float> logits, const SamplingParameters& parameters,
                   std::span<const int32_t> tokens, int32_t promptTokens, SamplingScratch& scratch);

// Step 0: true where no token can be drawn.
bool isUndefined(std::span<const float> logits);
// What is wrong with such logits: infinite or NaN.
float undefinedLogit(std::span<const float> logits);

// All steps; spoils the logits. The new token's position p is tokens.size(); the token is
// kUndefinedToken - p where step 0 allows none.
Sampled sampleToken(std::span<float> logits, const SamplingParameters& parameters,
                    std::span<const int32_t> tokens, int32_t promptTokens, int32_t groupIndex,
                    SamplingScratch& scratch);

// Lowest id of the largest value.
int32_t argmax(std::span<const float> values);
// log(sum(exp(values))), the sum in double in ascending order.
double logSumExp(std::span<const float> values);

// Whether the output ends with this last token: an end token or stop sequence once minOutputTokens
// are there, or the hidden length. The length limit is the scheduler's own business.
bool endsHere(const SequenceConfig& sequence, std::span<const int32_t> tokens);

// Throws "sampling-invalid", naming the field, its value and what is allowed.
void checkSampling(const SequenceConfig& sequence, int32_t vocabulary);

}  // namespace flover
