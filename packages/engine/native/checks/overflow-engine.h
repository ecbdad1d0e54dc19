// An engine whose weights make one token overflow, and the runs of it that checks compare.
#pragma once
#include <cmath>
#include <numeric>

#include "driver.h"
#include "flover/synthetic.h"
#include "flover/tensors.h"

namespace flover::checks {

// All others have nothing in the first dimension; this token's embedding has nothing else, and the
// first norm makes it larger than the type can hold. Its logit is zero, so that nobody samples it.
constexpr int32_t kLoud = 7;
constexpr int32_t kCrowd = 64, kPrompt = 5, kIterations = 6, kBeside = 3;

// One of the three sizes is no multiple of 64, on one rank at least.
struct Sizes {
  const char* padded;
  int32_t hidden, headDim, intermediate;
};
constexpr Sizes kSizes[] = {
    {"hidden", 96, 64, 256}, {"heads", 128, 24, 256}, {"intermediate", 128, 64, 224}};

inline ModelConfig modelOf(const Sizes& sizes, DataType type) {
  ModelConfig m = tinyModel(Family::Llama, type);
  m.layers = 1;
  m.hidden = sizes.hidden;
  m.intermediate = sizes.intermediate;
  m.heads = m.kvHeads = 4;
  m.headDim = m.rope.dims = sizes.headDim;
  return m;
}

// Where it overflows: behind the first norm, or in its keys alone.
enum class Loud { Norm, Keys };

inline std::vector<float> numbersOf(const TensorSpec& spec, const ModelConfig& m, Loud loudIn) {
  std::vector<float> numbers(static_cast<size_t>(elements(spec)));
  const uint64_t key = syntheticKey(spec.name, 11);
  const float base = isNorm(spec.role) ? 1.0f : 0.0f;
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = base + syntheticValue(key, i);
  const size_t columns = static_cast<size_t>(spec.shape.back()), loud = kLoud * columns;
  const float most = m.dataType == DataType::F16 ? 60000.0f : 3e38f;
  if (spec.role == TensorRole::AttentionNorm && loudIn == Loud::Norm) numbers[0] = most;
  // Where activations are kept in fp32, values overflow as they are stored.
  if (spec.role == TensorRole::Value)
    for (size_t at = 0; at < numbers.size(); at += columns) numbers[at] = 1.0f;
  if (spec.role == TensorRole::Key && loudIn == Loud::Keys)
    for (size_t at = 0; at < numbers.size(); at += columns) numbers[at] = most;
  if (spec.role == TensorRole::Embedding || spec.role == TensorRole::Head)
    std::fill_n(numbers.begin() + static_cast<ptrdiff_t>(loud), columns, 0.0f);
  if (spec.role == TensorRole::Embedding)
    for (size_t at = 0; at < numbers.size(); at += columns) numbers[at] = at == loud ? 1.0f : 0.0f;
  return numbers;
}

class OverflowEngine {
 public:
  explicit OverflowEngine(const ModelConfig& model, Loud loudIn = Loud::Norm) {
    EngineConfig config;
    config.model = model;
    config.world = worldOfRanks();
    config.blocks = kCrowd + 1;
    config.blockTokens = 24;
    config.maxSequences = config.maxRowTokens = kCrowd;
    config.maxSequenceTokens = 24;
    config.threads = 2;
    engine_ = cpuBackend().create(config);
    countDevices(config.world);
    for (const TensorSpec& spec : tensorTable(model))
      engine_->loadTensor(spec.name, DataType::F32, spec.shape,
                          numbersOf(spec, model, loudIn).data());
    engine_->ready();
    engine_->startClock();
    engine_->keepLogits(true);
  }

  // As many requests of one token as fill the largest of the small passes, each with its logits.
  void runLoud() {
    std::vector<int32_t> ids(kCrowd), from(kCrowd, 0), to(kCrowd, 1), flags(kCrowd, kRowSamples);
    std::iota(ids.begin(), ids.end(), 0);
    Work work;
    for (const int32_t id : ids) {
      add(id, {kLoud}, 1);
      work.placements.push_back({id, 0, id});
    }
    run(work, ids, from, to, flags);
    expectUndefined(ids.size());
    for (const int32_t id : ids) {
      EXPECT(std::isnan(engine_->logits(id)[0]));
      engine_->release(id);
    }
  }

  // Requests that overflow in the prompt beside one that does not, with its next iteration planned
  // ahead; gives the quiet one's log-probabilities back.
  std::vector<float> runBeside() {
    engine_->keepLogits(false);
    add(0, {kLoud}, 4);
    for (const int32_t first : {1, 3})
      for (int32_t i = 0; i < 2; ++i)
        add(first + i, {kLoud}, 4, first == 1 ? GroupKind::Samples : GroupKind::Beams, first);
    add(kCrowd, {20, 21, 22, 23, 24}, kIterations + 1);
    Work work;
    for (const int32_t id : {0, 1, 2, 3, 4, kCrowd}) work.placements.push_back({id, 0, id});
    const std::vector<int32_t> prompts(4, kRowSamples), decodes(3, kRowSamples | kRowDecode);
    launch(work, {0, 1, 3, kCrowd}, {0, 0, 0, 0}, {1, 1, 1, kPrompt}, prompts);
    for (int32_t i = 1; i <= kBeside; ++i) {
      Work next;
      launch(next, {0, 1, kCrowd}, {i, i, kPrompt + i - 1}, {i + 1, i + 1, kPrompt + i}, decodes);
      engine_->wait(-1, completion_);
      EXPECT(completion_.tokens.back() >= 0);
      if (i == 1)
        expectUndefined(5);
      else
        EXPECT(completion_.tokens[0] == kNoToken && completion_.tokens[1] == kNoToken);
    }
    engine_->wait(-1, completion_);
    std::vector<float> logProbs = engine_->result(kCrowd).logProbs;
    for (const int32_t id : {0, 1, 2, 3, 4, kCrowd}) {
      if (id < kCrowd) EXPECT_EQUAL(engine_->result(id).tokens.size(), size_t{0});
      engine_->release(id);
    }
    return logProbs;
  }

  // A prompt in which tokens [begin, end) are loud and the last is not. Up to 16 keys are a part of
  // attention of their own.
  void runLoudKeys(int32_t begin, int32_t end) {
    constexpr int32_t kCut = 16, kEnd = 20;
    engine_->keepLogits(false);
    std::vector<int32_t> prompt(kEnd, 20);
    std::fill(prompt.begin() + begin, prompt.begin() + end, kLoud);
    add(0, prompt, 2);
    Work first, second;
    first.placements.push_back({0, 0, 0});
    run(first, {0}, {0}, {kCut}, {0});
    run(second, {0}, {kCut}, {kEnd}, {kRowSamples});
    EXPECT_EQUAL(completion_.tokens[0], kUndefinedToken - kEnd);
    engine_->release(0);
  }

  // The logits of one request alone after its prompt and each token.
  std::vector<std::vector<float>> runQuiet() {
    engine_->keepLogits(true);
    std::vector<std::vector<float>> all;
    add(kCrowd, {20, 21, 22, 23, 24}, kIterations + 1);
    for (int32_t i = 0; i <= kIterations; ++i) {
      Work work;
      if (i == 0) work.placements.push_back({kCrowd, 0, kCrowd});
      run(work, {kCrowd}, {i == 0 ? 0 : kPrompt + i - 1}, {kPrompt + i},
          {i == 0 ? kRowSamples : kRowSamples | kRowDecode});
      all.push_back(engine_->logits(kCrowd));
    }
    logProbs_ = engine_->result(kCrowd).logProbs;
    return all;
  }

  // Of the tokens of the last `runQuiet`.
  const std::vector<float>& logProbs() const { return logProbs_; }

 private:
  void add(int32_t id, std::vector<int32_t> prompt, int32_t output,
           GroupKind group = GroupKind::Single, int32_t first = -1) {
    SequenceConfig s;
    s.id = id;
    s.groupFirst = first < 0 ? id : first;
    s.groupIndex = id - s.groupFirst;
    s.group = group;
    s.groupWidth = group == GroupKind::Single ? 1 : 2;
    s.prompt = std::move(prompt);
    s.maxOutputTokens = output;
    s.sampling.logProbs = true;
    engine_->add(s);
  }

  // The first entries of the work that has ended, of prompts of one token.
  void expectUndefined(size_t count) const {
    EXPECT(completion_.tokens.size() >= count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQUAL(completion_.tokens[i], kUndefinedToken - 1);
      EXPECT(std::isnan(completion_.logProbs[i]));
      EXPECT_EQUAL(static_cast<int32_t>(completion_.stopped[i]), 0);
    }
  }

  void launch(Work& work, const std::vector<int32_t>& sequences, const std::vector<int32_t>& from,
              const std::vector<int32_t>& to, const std::vector<int32_t>& flags) {
    work.id = works_++;
    work.rows = static_cast<int32_t>(sequences.size());
    work.sequences = sequences.data(), work.from = from.data(), work.to = to.data();
    work.flags = flags.data();
    engine_->launch(work);
  }

  void run(Work& work, const std::vector<int32_t>& sequences, const std::vector<int32_t>& from,
           const std::vector<int32_t>& to, const std::vector<int32_t>& flags) {
    launch(work, sequences, from, to, flags);
    engine_->wait(-1, completion_);
  }

  std::unique_ptr<Backend> engine_;
  Completion completion_;
  int32_t works_ = 0;
  std::vector<float> logProbs_;
};

}  // namespace flover::checks
