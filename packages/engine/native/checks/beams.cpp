// Beam search against a search over all texts, and its rules one by one.
#include "flover/beams.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "check.h"
#include "values.h"

using namespace flover;

namespace {

SequenceConfig beamConfig(int32_t width, int32_t most) {
  SequenceConfig s;
  s.group = GroupKind::Beams;
  s.groupWidth = width;
  s.prompt = {0};
  s.maxOutputTokens = most;
  return s;
}

// A toy model: logits from a hash of the text.
std::vector<float> logitsOf(std::span<const int32_t> text, size_t vocabulary) {
  uint64_t hash = 17;
  for (const int32_t token : text) hash = mix64(hash + static_cast<uint64_t>(token) * kGolden);
  return checks::values(vocabulary, hash, 2.0f);
}

void iterate(BeamGroup& group, size_t vocabulary, SamplingScratch& scratch) {
  const int32_t running = group.outputTokens() == 0 ? 1 : group.width();
  for (int32_t beam = 0; beam < running; ++beam) {
    std::vector<float> logits = logitsOf(group.tokens(beam), vocabulary);
    group.propose(beam, logits, scratch);
  }
  group.advance();
}

double logProbOf(std::span<const int32_t> output, size_t vocabulary) {
  std::vector<int32_t> text = {0};
  double sum = 0;
  for (const int32_t token : output) {
    const std::vector<float> logits = logitsOf(text, vocabulary);
    sum += logits[static_cast<size_t>(token)] - logSumExp(logits);
    text.push_back(token);
  }
  return sum;
}

}  // namespace

CHECK("beams: where one's logits allow no token all end as they were") {
  SamplingScratch scratch;
  for (const int32_t broken : {0, 1, 2}) {
    BeamGroup group(beamConfig(3, 8), 40);
    for (int32_t i = 0; i < 4; ++i) iterate(group, 40, scratch);
    std::vector<SequenceResult> before;
    for (int32_t i = 0; i < 3; ++i) before.push_back(group.result(i));
    for (int32_t beam = 0; beam < 3; ++beam) {
      std::vector<float> logits = logitsOf(group.tokens(beam), 40);
      if (beam == broken) logits[39] = std::numeric_limits<float>::quiet_NaN();
      group.propose(beam, logits, scratch);
    }
    group.advance();
    EXPECT(group.done() && !group.stopped());
    for (int32_t i = 0; i < 3; ++i) {
      EXPECT_EQUAL(group.last(i).token, kUndefinedToken - 5);
      EXPECT(std::isnan(group.last(i).logProb));
      EXPECT_EQUAL(group.parents()[static_cast<size_t>(i)], i);
      const SequenceResult after = group.result(i);
      EXPECT(after.tokens == before[static_cast<size_t>(i)].tokens);
      EXPECT(after.logProbs == before[static_cast<size_t>(i)].logProbs);
      EXPECT_EQUAL(after.score, before[static_cast<size_t>(i)].score);
    }
  }
}

CHECK("beams: wide enough, it finds the best texts of all") {
  const size_t vocabulary = 40;
  SamplingScratch scratch;
  BeamGroup group(beamConfig(20, 2), static_cast<int32_t>(vocabulary));
  while (!group.done()) iterate(group, vocabulary, scratch);
  std::vector<std::pair<double, std::vector<int32_t>>> all;
  // Of the first tokens only the best 20 run on; that is the search's own rule.
  std::vector<std::pair<double, int32_t>> first;
  for (int32_t a = 0; a < 40; ++a)
    first.push_back({-logProbOf(std::vector<int32_t>{a}, vocabulary), a});
  std::sort(first.begin(), first.end());
  for (size_t i = 0; i < 20; ++i) {
    for (int32_t b = 0; b < 40; ++b) {
      const std::vector<int32_t> text = {first[i].second, b};
      all.push_back({-logProbOf(text, vocabulary), text});
    }
  }
  std::sort(all.begin(), all.end());
  for (int32_t i = 0; i < 20; ++i) {
    const SequenceResult result = group.result(i);
    EXPECT(result.tokens == all[static_cast<size_t>(i)].second);
    EXPECT_NEAR(result.score, -all[static_cast<size_t>(i)].first / 2, 1e-5);
    EXPECT_EQUAL(result.logProbs.size(), size_t{2});
  }
}

CHECK("beams: hypotheses end with an end token and are ranked by length-penalised score") {
  const size_t vocabulary = 12;
  for (const float lengthPenalty : {0.0f, 1.0f, 2.0f}) {
    SequenceConfig config = beamConfig(3, 8);
    config.sampling.endTokens = {4, 5};
    config.sampling.lengthPenalty = lengthPenalty;
    BeamGroup group(config, static_cast<int32_t>(vocabulary));
    SamplingScratch scratch;
    int iterations = 0;
    while (!group.done()) {
      iterate(group, vocabulary, scratch);
      ++iterations;
      for (int32_t beam = 0; beam < 3; ++beam) {
        EXPECT_EQUAL(group.tokens(beam).size(), static_cast<size_t>(iterations + 1));
      }
    }
    double before = 1e9;
    for (int32_t i = 0; i < 3; ++i) {
      const SequenceResult r = group.result(i);
      const int32_t last = r.tokens.back();
      EXPECT(last == 4 || last == 5 || r.tokens.size() == 8);
      for (size_t k = 0; k + 1 < r.tokens.size(); ++k) EXPECT(r.tokens[k] != 4 && r.tokens[k] != 5);
      EXPECT_NEAR(r.score,
                  logProbOf(r.tokens, vocabulary) / std::pow(r.tokens.size(), lengthPenalty), 1e-4);
      EXPECT(r.score <= before);
      before = r.score;
    }
  }
}

CHECK("beams: parents say whose text a beam carries on") {
  BeamGroup group(beamConfig(4, 10), 30);
  SamplingScratch scratch;
  iterate(group, 30, scratch);
  for (int i = 0; i < 6; ++i) {
    std::vector<std::vector<int32_t>> before;
    for (int32_t beam = 0; beam < 4; ++beam)
      before.emplace_back(group.tokens(beam).begin(), group.tokens(beam).end());
    iterate(group, 30, scratch);
    for (int32_t beam = 0; beam < 4; ++beam) {
      std::vector<int32_t> now(group.tokens(beam).begin(), group.tokens(beam).end());
      now.pop_back();
      EXPECT(now == before[static_cast<size_t>(group.parents()[static_cast<size_t>(beam)])]);
    }
  }
}

CHECK("beams: diversity spreads the beams over more parents") {
  const auto distinctFirst = [](float diversity) {
    SequenceConfig config = beamConfig(6, 6);
    config.sampling.diversity = diversity;
    BeamGroup group(config, 50);
    SamplingScratch scratch;
    for (int i = 0; i < 5; ++i) iterate(group, 50, scratch);
    std::map<int32_t, int> parents;
    for (const int32_t parent : group.parents()) parents[parent] += 1;
    return parents.size();
  };
  EXPECT(distinctFirst(5.0f) > distinctFirst(0.0f));
  EXPECT_EQUAL(distinctFirst(50.0f), size_t{6});
}

CHECK("beams: a hidden length ends the search") {
  SequenceConfig config = beamConfig(3, 10);
  config.hiddenOutputTokens = 4;
  BeamGroup group(config, 20);
  SamplingScratch scratch;
  for (int i = 0; i < 4; ++i) {
    EXPECT(!group.done());
    iterate(group, 20, scratch);
  }
  EXPECT(group.done());
  EXPECT_EQUAL(group.result(0).tokens.size(), size_t{4});
}

CHECK("beams: when all ways are barred, the search ends and keeps its shape") {
  SequenceConfig config = beamConfig(2, 10);
  for (int32_t token = 0; token < 8; ++token) config.sampling.badWords.push_back({token});
  BeamGroup group(config, 8);
  SamplingScratch scratch;
  iterate(group, 8, scratch);
  EXPECT(group.done());
  EXPECT_EQUAL(group.result(1).tokens.size(), size_t{1});
}

namespace {

// Proposes what follows a beam: these tokens with these probabilities, all others next to none.
void propose(BeamGroup& group, int32_t beam, const std::map<int32_t, double>& next) {
  SamplingScratch scratch;
  std::vector<float> logits(50, -30.0f);
  for (const auto& [token, probability] : next)
    logits[static_cast<size_t>(token)] = static_cast<float>(std::log(probability));
  group.propose(beam, logits, scratch);
}

}  // namespace

CHECK("beams: an end that is not among the best `width` candidates is no hypothesis") {
  SequenceConfig s = beamConfig(1, 8);
  s.sampling.endTokens = {5};
  BeamGroup group(s, 50);
  propose(group, 0, {{3, 0.6}, {5, 0.4}});
  group.advance();
  EXPECT(!group.done());
  EXPECT(group.result(0).tokens == std::vector<int32_t>{3});
}

CHECK("beams: the search goes on while a running beam beats the worst hypothesis") {
  SequenceConfig s = beamConfig(2, 8);
  s.sampling.endTokens = {5};
  s.sampling.lengthPenalty = 0.0f;
  BeamGroup group(s, 50);
  propose(group, 0, {{5, 0.42}, {3, 0.37}, {4, 0.21}});
  group.advance();
  propose(group, 0, {{7, 0.7}, {5, 0.3}});  // 0.26 runs on, 0.11 is the second hypothesis
  propose(group, 1, {{7, 0.5}, {8, 0.5}});
  group.advance();
  EXPECT(!group.done());
  propose(group, 0, {{7, 0.34}, {8, 0.33}, {9, 0.33}});  // 0.08 at most
  propose(group, 1, {{7, 0.34}, {8, 0.33}, {9, 0.33}});
  group.advance();
  EXPECT(group.done());
}
