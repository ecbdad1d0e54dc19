// Beams on a backend: their KV is reordered, computed again, moved, and changes lanes.
#include <algorithm>
#include <cmath>

#include "check.h"
#include "driver.h"
#include "reference-model.h"

using namespace flover;
using namespace flover::checks;

namespace {

constexpr int32_t kBeams = 4, kBeamPrompt = 11, kBeamOutput = 24;

void addBeams(Driver& d, int32_t first) {
  for (int32_t i = 0; i < kBeams; ++i) {
    SequenceConfig s = d.sequence(first, kBeamPrompt, kBeamOutput);
    s.id = first + i, s.groupIndex = i, s.groupWidth = kBeams, s.group = GroupKind::Beams;
    d.engine->add(s);
  }
}

std::vector<Row> beamRows(int32_t first, int32_t at, int32_t flags = kDecodes) {
  std::vector<Row> rows;
  for (int32_t i = 0; i < kBeams; ++i) rows.push_back({first + i, at, at + 1, flags});
  return rows;
}

// Room in blocks [firstBlock, ...) of 8 tokens, the first beam's prompt on `lane`, and the forks
// that the next work makes.
void openBeams(Driver& d, int32_t first, int32_t firstBlock, int32_t lane, int32_t flags) {
  d.place(first, kBeamPrompt + kBeamOutput, firstBlock);
  d.run({{first, 0, kBeamPrompt, flags}}, 0, lane);
  for (int32_t i = 1; i < kBeams; ++i) {
    d.place(first + i, kBeamPrompt + kBeamOutput, firstBlock + i * 5);
    d.work.forks.push_back({first, first + i, kBeamPrompt});
  }
}

std::vector<SequenceResult> beamsAlone(const ModelConfig& model, int32_t first) {
  Driver d(model, 8, 64);
  addBeams(d, first);
  openBeams(d, first, 0, 0, kRowSamples);
  for (int32_t i = 0; i + 1 < kBeamOutput; ++i) d.run(beamRows(first, kBeamPrompt + i));
  std::vector<SequenceResult> results;
  for (int32_t i = 0; i < kBeams; ++i) results.push_back(d.engine->result(first + i));
  return results;
}

void expectBeams(const Driver& d, int32_t first, const std::vector<SequenceResult>& wanted) {
  for (int32_t i = 0; i < kBeams; ++i)
    expectSame(d.engine->result(first + i), wanted[static_cast<size_t>(i)]);
}

}  // namespace

CHECK_ON_RANKS("backend: beams carry the right KV whatever is reordered") {
  const ModelConfig model = tinyModel(Family::Llama, DataType::F16);
  Driver d(model, 8, 64);
  d.engine->keepLogits(true);
  for (int32_t i = 0; i < 4; ++i) {
    SequenceConfig s = d.sequence(0, 11, 20);
    s.id = i, s.groupIndex = i, s.groupWidth = 4, s.group = GroupKind::Beams;
    d.engine->add(s);
  }
  d.place(0, 31, 0);
  d.run({{0, 0, 11, kRowSamples}});
  for (int32_t i = 1; i < 4; ++i) d.place(i, 31, i * 8), d.work.forks.push_back({0, i, 11});
  for (int32_t at = 11; at < 30; ++at) {
    std::vector<Row> beams;
    for (int32_t i = 0; i < 4; ++i) beams.push_back({i, at, at + 1, kDecodes});
    d.run(beams);
  }
  EXPECT(!d.completion.stopped[0]);
  // Each hypothesis, decoded alone with its tokens forced as a prompt, has the log-probabilities
  // that it claims.
  double before = 0;
  for (int32_t i = 0; i < 4; ++i) {
    const SequenceResult result = d.engine->result(i);
    EXPECT_EQUAL(result.tokens.size(), size_t{20});
    EXPECT(i == 0 || result.score <= before);
    before = result.score;
    ReferenceModel reference(model, 11);
    std::vector<double> logits;
    for (const int32_t token : d.sequence(0, 11, 20).prompt) logits = reference.next(token);
    for (size_t k = 0; k < 20; ++k) {
      const double maximum = *std::max_element(logits.begin(), logits.end());
      double sum = 0;
      for (const double x : logits) sum += std::exp(x - maximum);
      const double logProb =
          logits[static_cast<size_t>(result.tokens[k])] - maximum - std::log(sum);
      EXPECT_NEAR(result.logProbs[k], logProb, 1e-3);
      logits = reference.next(result.tokens[k]);
    }
  }
}

CHECK_ON_RANKS("backend: beams have their KV computed again, and go on") {
  const ModelConfig model = tinyModel(Family::GptJ, DataType::F32);
  const std::vector<SequenceResult> wanted = beamsAlone(model, 0);
  Driver d(model, 8, 64, 2);
  addBeams(d, 0);
  openBeams(d, 0, 0, 0, kRowSamples);
  for (int32_t i = 0; i < 14; ++i) d.run(beamRows(0, kBeamPrompt + i));
  openBeams(d, 0, 30, 1, 0);
  for (int32_t i = 0; i < 14; ++i) d.run(beamRows(0, kBeamPrompt + i, kRowDecode));
  for (int32_t i = 14; i + 1 < kBeamOutput; ++i) d.run(beamRows(0, kBeamPrompt + i));
  expectBeams(d, 0, wanted);
}

CHECK_ON_RANKS("backend: beams move in works planned ahead") {
  const ModelConfig model = tinyModel(Family::Llama, DataType::F16);
  const std::vector<SequenceResult> wanted = beamsAlone(model, 0);
  Driver d(model, 40, 16, 1, 40);
  addBeams(d, 0);
  d.place(0, 40, 0);
  d.run({{0, 0, kBeamPrompt, kRowSamples}});
  std::vector<int32_t> slots;
  for (int32_t i = 0; i < kBeams; ++i) {
    slots.push_back(i);
    if (i > 0) d.place(i, 40, i), d.work.forks.push_back({0, i, kBeamPrompt});
  }
  for (int32_t i = 0; i + 1 < kBeamOutput; ++i) {
    const int32_t at = kBeamPrompt + i, beam = i * 3 % kBeams, to = kBeams + i % 12;
    int32_t& slot = slots[static_cast<size_t>(beam)];
    if (i > 0 && std::find(slots.begin(), slots.end(), to) == slots.end()) {
      d.work.moves.push_back({beam, 0, slot, to, at});
      slot = to;
    }
    d.launch(beamRows(0, at));
    if (i > 0) d.engine->wait(-1, d.completion);
  }
  d.engine->wait(-1, d.completion);
  expectBeams(d, 0, wanted);
}

CHECK_ON_RANKS("backend: two groups of beams on two lanes, that change lanes") {
  const ModelConfig model = tinyModel(Family::Llama, DataType::BF16);
  const std::vector<SequenceResult> wanted[] = {beamsAlone(model, 0), beamsAlone(model, kBeams)};
  Driver d(model, 8, 64, 2);
  for (const int32_t first : {0, kBeams}) {
    addBeams(d, first);
    openBeams(d, first, first * 6, 0, kRowSamples);
    d.run(beamRows(first, kBeamPrompt), 0, 1);
  }
  for (int32_t i = 1; i + 1 < kBeamOutput; ++i) {
    d.launch(beamRows(0, kBeamPrompt + i), 0, i % 2);
    d.launch(beamRows(kBeams, kBeamPrompt + i), 0, 1 - i % 2);
    d.engine->wait(-1, d.completion);
    d.engine->wait(-1, d.completion);
  }
  expectBeams(d, 0, wanted[0]);
  expectBeams(d, kBeams, wanted[1]);
}
