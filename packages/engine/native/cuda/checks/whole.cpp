// Whole models against the CPU backend: the same seed, the same prompts, logits of every token side
// by side.
#include <cmath>
#include <cstdio>

#include "../../checks/check.h"
#include "flover/backend.h"

using namespace flover;

namespace {

std::unique_ptr<Backend> engine(const BackendEntry& entry, const ModelConfig& model) {
  EngineConfig config;
  config.model = model;
  config.blockTokens = 32;
  config.blocks = 16;
  config.maxSequences = 8;
  config.maxSequenceTokens = 256;
  config.maxRowTokens = 256;
  auto backend = entry.create(config);
  backend->synthesize(99);
  backend->ready();
  backend->startClock();
  backend->keepLogits(true);
  return backend;
}

// Runs one prompt and then the given tokens (teacher's choice), returning logits after each.
std::vector<std::vector<float>> logitsOf(Backend& b, const ModelConfig& m, int32_t prompt,
                                         int32_t more) {
  SequenceConfig s;
  s.maxOutputTokens = more + 1;
  for (int32_t i = 0; i < prompt; ++i) s.prompt.push_back((i * i * 31 + 7 * i + 11) % m.vocabulary);
  b.add(s);
  std::vector<std::vector<float>> all;
  Completion completion;
  for (int32_t i = 0; i <= more; ++i) {
    const int32_t sequence = 0, from = i == 0 ? 0 : prompt + i - 1, to = prompt + i;
    const int32_t flags = i == 0 ? kRowSamples : kRowSamples | kRowDecode;
    Work work;
    work.id = i;
    work.rows = 1;
    work.sequences = &sequence, work.from = &from, work.to = &to, work.flags = &flags;
    if (i == 0)
      for (int32_t k = 0; k < 8; ++k) work.placements.push_back({0, k, 15 - k});
    b.launch(work);
    b.wait(-1, completion);
    all.push_back(b.logits(0));
  }
  return all;
}

void compare(const char* name, const ModelConfig& m, double allowed) {
  auto gpu = engine(cudaBackend(), m), cpu = engine(cpuBackend(), m);
  // Tokens sampled may part ways in 16 bits; then the rest says nothing.
  const auto seen = logitsOf(*gpu, m, 150, 12), wanted = logitsOf(*cpu, m, 150, 12);
  const auto gpuTokens = gpu->result(0).tokens, cpuTokens = cpu->result(0).tokens;
  double worst = 0;
  size_t compared = 0;
  for (; compared < seen.size(); ++compared) {
    double error = 0, norm = 0;
    for (size_t i = 0; i < seen[compared].size(); ++i) {
      const double d = static_cast<double>(seen[compared][i]) - wanted[compared][i];
      error += d * d, norm += static_cast<double>(wanted[compared][i]) * wanted[compared][i];
    }
    worst = std::max(worst, std::sqrt(error / norm));
    if (gpuTokens[compared] != cpuTokens[compared]) break;
  }
  std::printf("        %s: relative error of logits %.2e over %zu tokens\n", name, worst, compared);
  if (!(worst < allowed))
    checks::fail(__FILE__, __LINE__,
                 std::string(name) + ": relative error " + std::to_string(worst));
  if (m.dataType == DataType::F32) EXPECT(gpuTokens == cpuTokens);
}

ModelConfig model(Family family, DataType type, int headDim, int heads, int kvHeads) {
  ModelConfig m;
  m.family = family;
  m.dataType = type;
  m.layers = 4;
  m.hidden = 768;
  m.intermediate = 2048;
  m.heads = heads;
  m.kvHeads = kvHeads;
  m.headDim = headDim;
  m.vocabulary = 2000;
  m.maxPositions = 256;
  m.rope.dims = family == Family::Llama ? headDim : 64;
  return m;
}

constexpr struct {
  DataType type;
  const char* name;
  double allowed;
} kTypes[] = {
    {DataType::F32, "fp32", 1e-4}, {DataType::F16, "fp16", 1e-2}, {DataType::BF16, "bf16", 6e-2}};

}  // namespace

CHECK("whole: LLaMA against the CPU backend") {
  for (const auto& t : kTypes) {
    compare((std::string(t.name) + " heads of 128").c_str(),
            model(Family::Llama, t.type, 128, 6, 6), t.allowed);
    compare((std::string(t.name) + " grouped heads of 64").c_str(),
            model(Family::Llama, t.type, 64, 12, 4), t.allowed);
    ModelConfig tied = model(Family::Llama, t.type, 48, 8, 2);
    tied.tiedEmbeddings = tied.attentionBias = true;
    compare((std::string(t.name) + " tied, biased, heads of 48").c_str(), tied, t.allowed);
  }
}
CHECK("whole: GPT-J against the CPU backend") {
  for (const auto& t : kTypes) compare(t.name, model(Family::GptJ, t.type, 256, 3, 3), t.allowed);
}
