// Sampling step by step, stop detection, bad parameters.
#include "flover/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "check.h"
#include "values.h"

using namespace flover;

namespace {

constexpr float kBarred = -std::numeric_limits<float>::infinity();

Sampled sampleFrom(std::vector<float> logits, const SamplingParameters& parameters,
                   std::vector<int32_t> tokens = {0}, int32_t promptTokens = 1,
                   int32_t groupIndex = 0) {
  SamplingScratch scratch;
  return sampleToken(logits, parameters, tokens, promptTokens, groupIndex, scratch);
}

// How often each token comes out over many positions.
std::vector<double> shares(const std::vector<float>& logits, const SamplingParameters& parameters,
                           int draws) {
  std::vector<double> counts(logits.size(), 0.0);
  std::vector<int32_t> tokens = {0};
  SamplingScratch scratch;
  for (int i = 0; i < draws; ++i) {
    std::vector<float> copy = logits;
    counts[static_cast<size_t>(sampleToken(copy, parameters, tokens, 1, 0, scratch).token)] +=
        1.0 / draws;
    tokens.push_back(0);
  }
  return counts;
}

}  // namespace

CHECK("sampling: greedy takes the lowest id of the largest") {
  EXPECT_EQUAL(sampleFrom({1, 5, 3, 5}, {}).token, 1);
  SamplingParameters p;
  p.logProbs = true;
  const Sampled s = sampleFrom({1, 5, 3, 5}, p);
  EXPECT_NEAR(s.logProb, 5 - std::log(std::exp(1) + 2 * std::exp(5) + std::exp(3)), 1e-6);
}

CHECK("sampling: logits without a softmax allow no token, and say what is wrong") {
  constexpr float inf = -kBarred;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  SamplingParameters drawn, penalised;
  drawn.temperature = 1.0f, drawn.topK = 2;
  penalised.repetitionPenalty = 2.0f, penalised.logProbs = true;
  for (const SamplingParameters& p : {SamplingParameters{}, drawn, penalised}) {
    for (const std::vector<float>& logits :
         {std::vector<float>{1, 2, nan}, {nan, 1, 2}, {nan, nan, nan}, {kBarred, nan, 3}}) {
      const Sampled s = sampleFrom(logits, p, {0, 1, 2}, 2);
      EXPECT_EQUAL(s.token, kUndefinedToken - 3);
      EXPECT(std::isnan(s.logProb));
    }
    EXPECT_EQUAL(sampleFrom({1, inf, nan}, p).token, kUndefinedToken - 1);
    EXPECT_EQUAL(sampleFrom({1, inf, nan}, p).logProb, inf);
    EXPECT_EQUAL(sampleFrom({kBarred, kBarred}, p).token, kUndefinedToken - 1);
    EXPECT_EQUAL(sampleFrom({kBarred, kBarred}, p).logProb, kBarred);
    EXPECT_EQUAL(sampleFrom({kBarred, 3e38f, kBarred}, p).token, 1);
    EXPECT_EQUAL(sampleFrom({kBarred, -3e38f}, p).token, 1);
  }
}

CHECK("sampling: repetition and presence penalties, once for each distinct token") {
  SamplingScratch scratch;
  SamplingParameters p;
  p.repetitionPenalty = 2.0f;
  std::vector<float> logits = {4, -4, 6, 1};
  processLogits(logits, p, std::vector<int32_t>{0, 1, 0, 1}, 2, scratch);
  EXPECT((logits == std::vector<float>{2, -8, 6, 1}));
  p = {};
  p.presencePenalty = 1.5f;
  logits = {4, -4, 6, 1};
  processLogits(logits, p, std::vector<int32_t>{0, 1, 2, 2}, 2, scratch);
  EXPECT((logits == std::vector<float>{4, -4, 4.5f, 1}));
}

CHECK("sampling: bad words bar their last token after the rest, never a lone end token") {
  SamplingScratch scratch;
  SamplingParameters p;
  p.badWords = {{1}, {5, 6, 2}, {9, 3}, {4}};
  p.endTokens = {4};
  std::vector<float> logits(10, 1.0f);
  processLogits(logits, p, std::vector<int32_t>{7, 5, 6}, 1, scratch);
  EXPECT_EQUAL(logits[1], kBarred);
  EXPECT_EQUAL(logits[2], kBarred);
  EXPECT_EQUAL(logits[3], 1.0f);
  EXPECT_EQUAL(logits[4], 1.0f);
}

CHECK("sampling: end tokens are barred until minOutputTokens") {
  SamplingParameters p;
  p.endTokens = {1};
  p.minOutputTokens = 2;
  EXPECT_EQUAL(sampleFrom({0, 9, 1}, p, {0, 2}, 1).token, 2);
  EXPECT_EQUAL(sampleFrom({0, 9, 1}, p, {0, 2, 2}, 1).token, 1);
}

CHECK("sampling: top-k keeps k, the lower id on ties") {
  SamplingParameters p;
  p.temperature = 1.0f;
  p.topK = 2;
  const std::vector<double> seen = shares({1, 2, 2, 2, 0}, p, 4000);
  EXPECT_NEAR(seen[1], 0.5, 0.03);
  EXPECT_NEAR(seen[2], 0.5, 0.03);
  EXPECT_EQUAL(seen[0] + seen[3] + seen[4], 0.0);
}

CHECK("sampling: top-p keeps tokens while those before them are below p") {
  SamplingParameters p;
  p.temperature = 1.0f;
  p.topP = 0.75f;
  const std::vector<float> logits = {std::log(0.1f), std::log(0.5f), std::log(0.3f),
                                     std::log(0.1f)};
  const std::vector<double> seen = shares(logits, p, 8000);
  EXPECT_NEAR(seen[1], 0.625, 0.02);
  EXPECT_NEAR(seen[2], 0.375, 0.02);
  EXPECT_EQUAL(seen[0] + seen[3], 0.0);
  p.topP = 0.01f;
  EXPECT_EQUAL(shares(logits, p, 100)[1] > 0.999, true);
}

CHECK("sampling: top-p keeps no token once those before it are p exactly") {
  SamplingParameters p;
  p.temperature = 1.0f;
  p.topP = 0.5f;
  EXPECT_EQUAL(shares({3, 3}, p, 1000)[1], 0.0);
}

CHECK("sampling: top-p over a large vocabulary agrees with a full sort") {
  const std::vector<float> logits = checks::values(5000, 3, 4.0f);
  SamplingParameters p;
  p.temperature = 0.9f;
  p.topP = 0.6f;
  std::vector<int32_t> order(5000);
  for (int i = 0; i < 5000; ++i) order[static_cast<size_t>(i)] = i;
  std::sort(order.begin(), order.end(), [&](int a, int b) { return logits[a] > logits[b]; });
  double whole = 0, before = 0;
  for (const float x : logits) whole += std::exp(x / 0.9);
  size_t kept = 0;
  while (kept == 0 || before < 0.6 * whole) before += std::exp(logits[order[kept++]] / 0.9);
  order.resize(kept);
  const std::vector<double> seen = shares(logits, p, 3000);
  for (int i = 0; i < 5000; ++i) {
    if (seen[static_cast<size_t>(i)] > 0)
      EXPECT(std::find(order.begin(), order.end(), i) != order.end());
  }
}

CHECK("sampling: shares follow softmax(logits / temperature); seed, place and position matter") {
  SamplingParameters p;
  p.temperature = 2.0f;
  const std::vector<double> seen = shares({0, 2, 4}, p, 20000);
  const double whole = 1 + std::exp(1) + std::exp(2);
  EXPECT_NEAR(seen[0], 1 / whole, 0.01);
  EXPECT_NEAR(seen[1], std::exp(1) / whole, 0.01);
  const std::vector<float> flat(1000, 0.0f);
  const int32_t token = sampleFrom(flat, p).token;
  EXPECT_EQUAL(sampleFrom(flat, p).token, token);
  EXPECT(sampleFrom(flat, p, {0}, 1, 1).token != token);
  p.seed = 1;
  EXPECT(sampleFrom(flat, p).token != token);
}

CHECK("stop: end tokens, stop sequences within the output, hidden length, minimum") {
  SequenceConfig s;
  s.prompt = {5, 6};
  s.sampling.endTokens = {1, 2};
  s.sampling.stop = {{6, 7}, {8}};
  const auto ends = [&](std::vector<int32_t> output) {
    std::vector<int32_t> tokens = s.prompt;
    tokens.insert(tokens.end(), output.begin(), output.end());
    return endsHere(s, tokens);
  };
  EXPECT(!ends({}));
  EXPECT(ends({2}));
  EXPECT(!ends({7}));  // 6 is of the prompt
  EXPECT(ends({6, 7}));
  EXPECT(ends({3, 8}));
  s.sampling.minOutputTokens = 3;
  EXPECT(!ends({6, 7}));
  EXPECT(ends({0, 6, 7}));
  s.hiddenOutputTokens = 2;
  EXPECT(ends({0, 0}));
  EXPECT(!ends({0}));
}

CHECK("sampling: impossible parameters are refused by name") {
  SequenceConfig s;
  const auto refused = [&](const char* field) {
    const std::string message = EXPECT_ERROR("sampling-invalid", checkSampling(s, 100));
    EXPECT(message.find(field) != std::string::npos);
    s.sampling = {};
  };
  checkSampling(s, 100);
  s.sampling.temperature = -1, refused("temperature");
  s.sampling.temperature = NAN, refused("temperature");
  s.sampling.temperature = 1e-7f, refused("temperature is 1e-07; allowed: 0 (greedy)");
  s.sampling.topP = 0, refused("topP");
  s.sampling.topK = -1, refused("topK");
  s.sampling.repetitionPenalty = 0, refused("repetitionPenalty");
  s.sampling.endTokens = {100}, refused("endTokens");
  s.sampling.stop = {{}}, refused("stop");
  s.sampling.badWords = {{3, -1}}, refused("badWords");
  s.group = GroupKind::Beams;
  s.sampling.temperature = 1, refused("temperature");
  s.groupWidth = 51, refused("width");
}
