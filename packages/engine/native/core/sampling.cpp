#include "flover/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flover/random.h"

namespace flover {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kBarred = -kInfinity;

// Calls `visit` once for each distinct token.
template <typename Visit>
void forDistinct(std::span<const int32_t> tokens, SamplingScratch& scratch, size_t vocabulary,
                 Visit visit) {
  if (scratch.seen.size() < vocabulary) scratch.seen.assign(vocabulary, 0);
  for (const int32_t token : tokens) {
    if (scratch.seen[token]) continue;
    scratch.seen[token] = 1;
    visit(token);
  }
  for (const int32_t token : tokens) scratch.seen[token] = 0;
}

bool isEndToken(const SamplingParameters& parameters, int32_t token) {
  return std::find(parameters.endTokens.begin(), parameters.endTokens.end(), token) !=
         parameters.endTokens.end();
}

bool endsWith(std::span<const int32_t> tokens, std::span<const int32_t> tail) {
  return tokens.size() >= tail.size() &&
         std::equal(tail.begin(), tail.end(), tokens.end() - tail.size());
}

void barBadWords(std::span<float> logits, const SamplingParameters& parameters,
                 std::span<const int32_t> tokens) {
  for (const std::vector<int32_t>& word : parameters.badWords) {
    if (word.size() == 1 && isEndToken(parameters, word[0])) continue;
    if (endsWith(tokens, std::span(word).first(word.size() - 1))) logits[word.back()] = kBarred;
  }
}

// Order of candidates: value descending, id ascending.
struct Before {
  std::span<const float> values;
  bool operator()(int32_t a, int32_t b) const {
    return values[a] != values[b] ? values[a] > values[b] : a < b;
  }
};

// The candidates after top-k: the first k in order if k > 0, else all that are not barred.
void takeTopK(std::span<const float> values, int32_t k, std::vector<int32_t>& candidates) {
  candidates.clear();
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] != kBarred) candidates.push_back(static_cast<int32_t>(i));
  }
  if (k <= 0 || static_cast<size_t>(k) >= candidates.size()) return;
  std::nth_element(candidates.begin(), candidates.begin() + k, candidates.end(), Before{values});
  candidates.resize(static_cast<size_t>(k));
}

// Keeps candidates, in order, while the probability of those before is below p. Sorts only as far
// as needed.
void takeTopP(std::span<const float> values, float p, float maximum,
              std::vector<int32_t>& candidates) {
  if (p >= 1.0f) return;
  double whole = 0.0;
  std::sort(candidates.begin(), candidates.end());
  for (const int32_t token : candidates) whole += std::exp(values[token] - maximum);
  const double limit = static_cast<double>(p) * whole;
  double before = 0.0;
  size_t sorted = 0;
  for (size_t kept = 0; kept < candidates.size(); ++kept) {
    if (kept > 0 && before >= limit) {
      candidates.resize(kept);
      return;
    }
    if (kept == sorted) {
      sorted = std::min(candidates.size(), std::max<size_t>(64, sorted * 4));
      std::partial_sort(candidates.begin() + static_cast<ptrdiff_t>(kept),
                        candidates.begin() + static_cast<ptrdiff_t>(sorted), candidates.end(),
                        Before{values});
    }
    before += std::exp(values[candidates[kept]] - maximum);
  }
}

int32_t draw(std::span<const float> values, float maximum, double uniform,
             std::vector<int32_t>& candidates) {
  std::sort(candidates.begin(), candidates.end());
  double whole = 0.0;
  for (const int32_t token : candidates) whole += std::exp(values[token] - maximum);
  const double target = uniform * whole;
  double sum = 0.0;
  for (const int32_t token : candidates) {
    sum += std::exp(values[token] - maximum);
    if (sum > target) return token;
  }
  return candidates.back();
}

}  // namespace

int32_t argmax(std::span<const float> values) {
  int32_t best = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[best]) best = static_cast<int32_t>(i);
  }
  return best;
}

// Without a branch, so that it is read as vectors: it runs for every logit of every token.
bool isUndefined(std::span<const float> logits) {
  int32_t unusable = 0, possible = 0;
  for (const float x : logits) {
    unusable |= !(x < kInfinity);
    possible |= x > -kInfinity;
  }
  return unusable != 0 || possible == 0;
}

float undefinedLogit(std::span<const float> logits) {
  float largest = std::numeric_limits<float>::quiet_NaN();
  for (const float x : logits) {
    if (!(x <= largest) && !std::isnan(x)) largest = x;
  }
  return std::isinf(largest) ? largest : std::numeric_limits<float>::quiet_NaN();
}

double logSumExp(std::span<const float> values) {
  const float maximum = values[argmax(values)];
  double sum = 0.0;
  for (const float value : values) sum += std::exp(value - maximum);
  return static_cast<double>(maximum) + std::log(sum);
}

void processLogits(std::span<float> logits, const SamplingParameters& parameters,
                   std::span<const int32_t> tokens, int32_t promptTokens,
                   SamplingScratch& scratch) {
  if (parameters.repetitionPenalty != 1.0f) {
    const float penalty = parameters.repetitionPenalty;
    forDistinct(tokens, scratch, logits.size(), [&](int32_t token) {
      float& x = logits[token];
      x = x < 0.0f ? x * penalty : x / penalty;
    });
  }
  if (parameters.presencePenalty != 0.0f) {
    forDistinct(tokens.subspan(promptTokens), scratch, logits.size(),
                [&](int32_t token) { logits[token] -= parameters.presencePenalty; });
  }
  barBadWords(logits, parameters, tokens);
  if (static_cast<int64_t>(tokens.size()) - promptTokens < parameters.minOutputTokens) {
    for (const int32_t token : parameters.endTokens) logits[token] = kBarred;
  }
}

Sampled sampleToken(std::span<float> logits, const SamplingParameters& parameters,
                    std::span<const int32_t> tokens, int32_t promptTokens, int32_t groupIndex,
                    SamplingScratch& scratch) {
  if (isUndefined(logits))
    return {kUndefinedToken - static_cast<int32_t>(tokens.size()), undefinedLogit(logits)};
  // The token's own logit is overwritten by then, so keep what its log-probability needs.
  const double normaliser = parameters.logProbs ? logSumExp(logits) : 0.0;
  std::vector<float>& own = scratch.own;
  if (parameters.logProbs) own.assign(logits.begin(), logits.end());
  processLogits(logits, parameters, tokens, promptTokens, scratch);
  Sampled sampled;
  sampled.token = argmax(logits);
  if (parameters.temperature > 0.0f) {
    for (float& x : logits) x /= parameters.temperature;
    const float maximum = logits[sampled.token];
    takeTopK(logits, parameters.topK, scratch.candidates);
    takeTopP(logits, parameters.topP, maximum, scratch.candidates);
    const double uniform =
        samplingUniform(parameters.seed, groupIndex, static_cast<int32_t>(tokens.size()));
    if (!scratch.candidates.empty())
      sampled.token = draw(logits, maximum, uniform, scratch.candidates);
  }
  if (parameters.logProbs) sampled.logProb = static_cast<float>(own[sampled.token] - normaliser);
  return sampled;
}

bool endsHere(const SequenceConfig& sequence, std::span<const int32_t> tokens) {
  const int64_t output =
      static_cast<int64_t>(tokens.size()) - static_cast<int64_t>(sequence.prompt.size());
  if (output <= 0) return false;
  if (sequence.hiddenOutputTokens > 0 && output >= sequence.hiddenOutputTokens) return true;
  const SamplingParameters& parameters = sequence.sampling;
  if (output < parameters.minOutputTokens) return false;
  // An end token that is sampled as the minOutputTokens-th token was barred, so it never arrives
  // early.
  if (isEndToken(parameters, tokens.back())) return true;
  const std::span<const int32_t> made = tokens.subspan(sequence.prompt.size());
  return std::any_of(parameters.stop.begin(), parameters.stop.end(),
                     [&](const std::vector<int32_t>& stop) { return endsWith(made, stop); });
}

}  // namespace flover
