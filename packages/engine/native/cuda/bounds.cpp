#include "bounds.h"

#include <algorithm>
#include <string>

#include "flover/error.h"

namespace flover::cuda {

namespace {

void require(bool holds, const char* code, const char* field, int64_t value,
             const std::string& allowed, const char* hint) {
  if (holds) return;
  throw Error(code,
              std::string(field) + " is " + std::to_string(value) + "; the CUDA backend takes " +
                  allowed,
              hint);
}

void checkModel(const ModelConfig& m, int ranks) {
  const char *code = "model-unsupported", *hint = "use the CPU backend";
  const bool llama = m.family == Family::Llama;
  require(m.headDim <= 256, code, "headDim", m.headDim, "at most 256", hint);
  require(!llama || m.rope.dims == m.headDim, code, "rope.dims", m.rope.dims,
          "headDim (" + std::to_string(m.headDim) + "): whole LLaMA heads are rotated", hint);
  require(!llama || m.intermediate / ranks % 8 == 0, code, "intermediate", m.intermediate,
          "multiples of 8 a rank", hint);
  require(m.hidden % 4 == 0 && m.hidden <= 16384, code, "hidden", m.hidden,
          "multiples of 4 up to 16384", hint);
  require(m.vocabulary <= kMostVocabulary, code, "vocabulary", m.vocabulary,
          "at most " + std::to_string(kMostVocabulary), hint);
}

}  // namespace

void checkBounds(const EngineConfig& config) {
  checkModel(config.model, config.world.size);
  const char* code = "config-invalid";
  require(config.maxSequenceTokens <= kMostSequenceTokens, code, "maxSequenceTokens",
          config.maxSequenceTokens, "at most " + std::to_string(kMostSequenceTokens),
          "take shorter sequences");
  // A key's place is counted over the key heads of all blocks of a rank.
  const int64_t heads = config.model.kvHeads / config.world.size;
  const double places = static_cast<double>(config.blocks) * config.blockTokens * heads;
  require(places <= INT32_MAX, code, "blocks", config.blocks,
          "at most " + std::to_string(INT32_MAX / heads / config.blockTokens) + " blocks of " +
              std::to_string(config.blockTokens) + " tokens and " + std::to_string(heads) +
              " key heads",
          "take fewer or shorter KV blocks");
  blockDivider(config.blockTokens, config.maxSequenceTokens);
}

int wordNumbers(const SamplingParameters& sampling) {
  if (sampling.endTokens.empty() && sampling.badWords.empty()) return 0;
  size_t count = 2 + sampling.endTokens.size();
  for (const std::vector<int32_t>& word : sampling.badWords) count += 1 + word.size();
  return static_cast<int>(std::min<size_t>(count, kMostWordNumbers + 1));
}

void checkWords(const SequenceConfig& sequence) {
  const int64_t numbers = int64_t{wordNumbers(sequence.sampling)} * sequence.groupWidth;
  if (kFirstWord + numbers <= kMostWordNumbers) return;
  throw Error("sampling-invalid",
              "sequence " + std::to_string(sequence.id) +
                  ": sampling.endTokens and sampling.badWords hold " +
                  std::to_string(sequence.sampling.endTokens.size()) + " tokens and " +
                  std::to_string(sequence.sampling.badWords.size()) + " words for each of " +
                  std::to_string(sequence.groupWidth) + " sequences; the CUDA backend takes " +
                  std::to_string(kMostWordNumbers - kFirstWord) +
                  " numbers a request, one a token and one a list or word",
              "give fewer end tokens or bad words, or use the CPU backend");
}

uint32_t blockDivider(int blockTokens, int positions) {
  if (blockTokens == 1) return 0;
  if (blockTokens >= positions) return 1;  // there is only the first block
  const uint64_t by = static_cast<uint64_t>(blockTokens);
  const uint64_t divider = ((uint64_t{1} << 32) + by - 1) / by;
  const uint64_t excess = divider * by - (uint64_t{1} << 32);
  require(excess * static_cast<uint64_t>(positions - 1) < uint64_t{1} << 32, "config-invalid",
          "blockTokens", blockTokens,
          "powers of two and shorter blocks with sequences of " + std::to_string(positions) +
              " tokens",
          "take shorter KV blocks, or one block a sequence");
  return static_cast<uint32_t>(divider);
}

}  // namespace flover::cuda
