// The sampling kernel alone, row by row against its definition on the host (flover/sampling.h), and
// at the edges where the definition leaves a choice.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "../../checks/check.h"
#include "flover/sampling.h"
#include "memory.h"
#include "sample.h"

using namespace flover;
using cuda::DeviceBuffer;

namespace {

constexpr float kBarred = -std::numeric_limits<float>::infinity();
constexpr int kVocabulary = 5003, kText = 24, kPrompt = 9;

struct SampledRow {
  SamplingParameters parameters;
  std::vector<float> logits;
  std::vector<int32_t> text = std::vector<int32_t>(kText, 0);
  int32_t groupIndex = 0;
};

template <typename T>
DeviceBuffer onDevice(const std::vector<T>& values) {
  DeviceBuffer buffer(values.size() * sizeof(T));
  FLOVER_CUDA(
      cudaMemcpy(buffer.as(), values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
  return buffer;
}

// A row's end tokens and bad words, as a pass packs them.
int32_t packWords(const SamplingParameters& p, std::vector<int32_t>& extra) {
  const int32_t at = static_cast<int32_t>(extra.size());
  extra.push_back(static_cast<int32_t>(p.endTokens.size()));
  extra.insert(extra.end(), p.endTokens.begin(), p.endTokens.end());
  extra.push_back(static_cast<int32_t>(p.badWords.size()));
  for (const std::vector<int32_t>& word : p.badWords) {
    extra.push_back(static_cast<int32_t>(word.size()));
    extra.insert(extra.end(), word.begin(), word.end());
  }
  return at;
}

cuda::SampleEntry entryOf(const SampledRow& row, int32_t index, std::vector<int32_t>& extra) {
  const SamplingParameters& p = row.parameters;
  cuda::SampleEntry e;
  e.logitRow = e.slot = e.index = index;
  e.position = kText;
  e.promptTokens = kPrompt;
  e.groupIndex = row.groupIndex;
  e.general = 1;
  e.topK = p.topK;
  e.barEnds = kText - kPrompt < p.minOutputTokens;
  e.wordsAt = packWords(p, extra);
  e.temperature = p.temperature, e.topP = p.topP;
  e.repetition = p.repetitionPenalty, e.presence = p.presencePenalty;
  e.seed = p.seed;
  return e;
}

// All rows in one launch; `greedy` takes the largest logits as they are.
std::vector<Sampled> onGpu(const std::vector<SampledRow>& rows, bool greedy = false) {
  const int count = static_cast<int>(rows.size());
  const int vocabulary = static_cast<int>(rows[0].logits.size()), stride = kText + 1;
  std::vector<cuda::SampleEntry> entries;
  std::vector<int32_t> extra, history;
  std::vector<float> logits;
  for (const SampledRow& row : rows) {
    entries.push_back(entryOf(row, static_cast<int32_t>(entries.size()), extra));
    if (greedy) entries.back().general = 0;
    logits.insert(logits.end(), row.logits.begin(), row.logits.end());
    history.insert(history.end(), row.text.begin(), row.text.end());
    history.push_back(-1);
  }
  cuda::PassHeader header;
  header.tokens = header.samples = header.logits = count;
  header.work = 6, header.last = 1;
  const DeviceBuffer headers = onDevice(std::vector{header}), allEntries = onDevice(entries),
                     words = onDevice(extra), values = onDevice(logits), texts = onDevice(history),
                     processed(logits.size() * 4), counter(4);
  const cuda::PinnedBuffer record(sizeof(cuda::Record)), tokens(count * size_t{4}),
      logProbs(count * size_t{4});
  cuda::Sampler s;
  s.header = headers.as<cuda::PassHeader>();
  s.entries = allEntries.as<cuda::SampleEntry>();
  s.extra = words.as<int>();
  s.logits = values.as<float>();
  s.processed = processed.as<float>();
  s.history = texts.as<int32_t>(), s.historyStride = stride;
  s.vocabulary = vocabulary;
  s.records = record.as<cuda::Record>();
  s.tokens = tokens.as<int32_t>(), s.logProbs = logProbs.as<float>(), s.recordStride = count;
  s.counter = counter.as<int>();
  cuda::sample(s, count, nullptr);
  FLOVER_CUDA(cudaDeviceSynchronize());
  EXPECT_EQUAL(record.as<cuda::Record>()->done, 7);
  std::vector<Sampled> sampled;
  for (int i = 0; i < count; ++i)
    sampled.push_back({tokens.as<int32_t>()[i], logProbs.as<float>()[i]});
  return sampled;
}

Sampled onHost(const SampledRow& row) {
  SamplingScratch scratch;
  std::vector<float> logits = row.logits;
  SamplingParameters parameters = row.parameters;
  parameters.logProbs = true;
  return sampleToken(logits, parameters, row.text, kPrompt, row.groupIndex, scratch);
}

void expectAsDefined(const std::vector<SampledRow>& rows) {
  const std::vector<Sampled> seen = onGpu(rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Sampled wanted = onHost(rows[i]);
    if (seen[i].token != wanted.token)
      checks::fail(__FILE__, __LINE__,
                   "row " + std::to_string(i) + ": token " + std::to_string(seen[i].token) +
                       ", the definition says " + std::to_string(wanted.token));
    if (std::isfinite(wanted.logProb)) EXPECT_NEAR(seen[i].logProb, wanted.logProb, 1e-4);
  }
}

// Half of the logits are multiples of 1/4, so that there are ties.
SampledRow randomRow(std::mt19937& random) {
  const auto below = [&](uint32_t n) { return static_cast<int32_t>(random() % n); };
  SampledRow row;
  for (int i = 0; i < kVocabulary; ++i) {
    const float x = static_cast<float>(below(64001)) / 4000.0f - 8.0f;
    row.logits.push_back(i % 2 ? std::round(x * 4) / 4 : x);
  }
  for (int32_t& token : row.text) token = below(kVocabulary);
  SamplingParameters& p = row.parameters;
  p.seed = random();
  const float temperatures[] = {0.0f, 0.2f, 0.7f, 1.0f, 3.0f};
  p.temperature = temperatures[below(5)];
  const int32_t most[] = {0, 1, 2, 50, kVocabulary - 1, kVocabulary, kVocabulary + 1};
  p.topK = most[below(7)];
  const float nuclei[] = {1.0f, 0.999f, 0.9f, 0.3f, 1e-6f};
  p.topP = nuclei[below(5)];
  if (below(3) == 0) p.repetitionPenalty = 1.3f;
  if (below(3) == 0) p.presencePenalty = 0.6f;
  if (below(3) == 0) p.minOutputTokens = 14 + below(4);
  for (int i = below(4); i > 0; --i) p.endTokens.push_back(below(kVocabulary));
  if (below(2)) p.badWords = {{below(kVocabulary)}, {row.text.back(), below(kVocabulary)}};
  row.groupIndex = below(3);
  return row;
}

SampledRow plainRow(std::vector<float> logits, int32_t topK, float topP) {
  SampledRow row;
  row.logits = std::move(logits);
  row.parameters.temperature = 1;
  row.parameters.topK = topK, row.parameters.topP = topP;
  return row;
}

}  // namespace

CHECK("sampling on the device: draws, ties and penalties are those of the definition") {
  std::mt19937 random(20260);
  std::vector<SampledRow> rows;
  for (int i = 0; i < 200; ++i) rows.push_back(randomRow(random));
  expectAsDefined(rows);
}

CHECK("sampling on the device: zeros of both signs are one value, what is barred is never drawn") {
  std::vector<SampledRow> rows;
  for (const float topP : {1.0f, 0.5f, 1e-6f}) {
    for (const int32_t topK : {0, 1, 2, 3}) {
      rows.push_back(plainRow({-0.0f, 0.0f, -1.0f, 0.0f, -0.0f}, topK, topP));
      rows.push_back(plainRow({-1.0f, -0.0f, 0.0f, -3.0f, kBarred}, topK, topP));
      rows.push_back(plainRow({kBarred, kBarred, 2.0f, kBarred, 2.0f}, topK, topP));
    }
  }
  SampledRow ends = plainRow({1, 2, 3, 4, 5}, 0, 1);
  ends.parameters.endTokens = {0, 1, 2, 3, 4};
  ends.parameters.minOutputTokens = kText;
  rows.push_back(ends);
  expectAsDefined(rows);
}

CHECK("sampling on the device: rows without a softmax give no token, and their neighbours theirs") {
  constexpr float inf = -kBarred;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::mt19937 random(7);
  std::vector<SampledRow> rows;
  for (int i = 0; i < 9; ++i) rows.push_back(randomRow(random));
  const std::vector<Sampled> alone = onGpu(rows);
  rows[1].logits.assign(kVocabulary, nan);
  rows[2].logits.assign(kVocabulary, kBarred);
  rows[4].logits[17] = nan;
  rows[4].parameters.temperature = 1, rows[4].parameters.topK = 3;
  rows[5].logits[kVocabulary - 1] = inf;
  rows[7].logits[0] = inf, rows[7].logits[1] = nan;
  for (const bool greedy : {false, true}) {
    const std::vector<Sampled> seen = onGpu(rows, greedy);
    for (const size_t i : {1, 2, 4, 5, 7}) {
      const Sampled wanted = onHost(rows[i]);
      EXPECT_EQUAL(seen[i].token, kUndefinedToken - kText);
      EXPECT_EQUAL(wanted.token, kUndefinedToken - kText);
      EXPECT(seen[i].logProb == wanted.logProb ||
             (std::isnan(seen[i].logProb) && std::isnan(wanted.logProb)));
    }
    for (const size_t i : {0, 3, 6, 8})
      if (!greedy) EXPECT_EQUAL(seen[i].token, alone[i].token);
  }
}
