#include <string>

#include "flover/error.h"
#include "flover/number-text.h"
#include "flover/shards.h"
#include "flover/tensors.h"

namespace flover {
namespace {

void require(bool holds, const char* code, const std::string& field, double value,
             const std::string& allowed) {
  if (holds) return;
  throw Error(code, field + " is " + numberText(value) + "; allowed: " + allowed);
}

void checkModel(const ModelConfig& m) {
  const char* code = "model-invalid";
  require(m.layers >= 1 && m.layers <= 1024, code, "layers", m.layers, "1 to 1024");
  require(m.hidden >= 1 && m.hidden <= (1 << 20), code, "hidden", m.hidden, "1 to 1048576");
  require(m.intermediate >= 1 && m.intermediate <= (1 << 22), code, "intermediate", m.intermediate,
          "1 to 4194304");
  require(m.heads >= 1 && m.heads <= 4096, code, "heads", m.heads, "1 to 4096");
  require(m.kvHeads >= 1 && m.kvHeads <= m.heads && m.heads % m.kvHeads == 0, code, "kvHeads",
          m.kvHeads, "a divisor of heads (" + std::to_string(m.heads) + ")");
  require(m.headDim >= 2 && m.headDim <= 512 && m.headDim % 2 == 0, code, "headDim", m.headDim,
          "an even number, 2 to 512");
  require(m.vocabulary >= 2 && m.vocabulary <= (1 << 24), code, "vocabulary", m.vocabulary,
          "2 to 16777216");
  require(m.maxPositions >= 1 && m.maxPositions <= (1 << 24), code, "maxPositions", m.maxPositions,
          "1 to 16777216");
  require(m.normEpsilon > 0 && m.normEpsilon < 1, code, "normEpsilon", m.normEpsilon,
          "above 0, below 1");
  require(m.family == Family::Llama || m.kvHeads == m.heads, code, "kvHeads", m.kvHeads,
          "heads (GPT-J has no grouped queries)");
  const Rope& r = m.rope;
  require(r.dims >= 2 && r.dims <= m.headDim && r.dims % 2 == 0, code, "rope.dims", r.dims,
          "an even number, 2 to headDim (" + std::to_string(m.headDim) + ")");
  require(r.theta > 1, code, "rope.theta", r.theta, "above 1");
  require(r.factor > 0, code, "rope.factor", r.factor, "above 0");
  if (r.scaling == Rope::Scaling::Llama3) {
    require(r.highFrequencyFactor > r.lowFrequencyFactor, code, "rope.highFrequencyFactor",
            r.highFrequencyFactor, "above rope.lowFrequencyFactor");
    require(r.originalPositions >= 1, code, "rope.originalPositions", r.originalPositions,
            "at least 1");
  }
}

// Beyond what any machine has, so that sizes of KV can be taken in 64 bits without another look.
void checkKvFits(const EngineConfig& config) {
  const double bytes = static_cast<double>(kvTokenBytes(config.model)) * config.blockTokens *
                       (static_cast<double>(config.blocks) + config.hostBlocks);
  if (bytes < 0x1p60) return;
  throw Error("out-of-memory",
              "KV of " + std::to_string(int64_t{config.blocks} + config.hostBlocks) +
                  " blocks of " + std::to_string(config.blockTokens) +
                  " tokens would need more than 2^60 bytes",
              "take fewer or shorter KV blocks");
}

}  // namespace

void checkConfig(const EngineConfig& config) {
  checkModel(config.model);
  checkWorld(config.world, config.model);
  const char* code = "config-invalid";
  require(config.lanes >= 1 && config.lanes <= 256, code, "lanes", config.lanes, "1 to 256");
  require(config.blocks >= 1 && config.blocks <= (1 << 24), code, "blocks", config.blocks,
          "1 to 16777216");
  require(config.blockTokens >= 1 && config.blockTokens <= (1 << 30), code, "blockTokens",
          config.blockTokens, "1 to 1073741824");
  require(config.hostBlocks >= 0 && config.hostBlocks <= (1 << 24), code, "hostBlocks",
          config.hostBlocks, "0 to 16777216");
  require(config.maxSequences >= 1 && config.maxSequences <= (1 << 20), code, "maxSequences",
          config.maxSequences, "1 to 1048576");
  require(config.maxSequenceTokens >= 1 && config.maxSequenceTokens <= config.model.maxPositions,
          code, "maxSequenceTokens", config.maxSequenceTokens,
          "1 to maxPositions (" + std::to_string(config.model.maxPositions) + ")");
  require(config.maxRowTokens >= 1 && config.maxRowTokens <= (1 << 24), code, "maxRowTokens",
          config.maxRowTokens, "1 to 16777216");
  require(config.threads >= 0 && config.threads <= 1024, code, "threads", config.threads,
          "0 (every core) to 1024");
  checkKvFits(config);
}

}  // namespace flover
