// Attention against double arithmetic; blocks, company and splits leave its bits alone.
#include "cpu/attention.h"

#include <cmath>
#include <cstring>

#include "check.h"
#include "cpu/rope.h"
#include "flover/float16.h"
#include "values.h"

using namespace flover;
using namespace flover::cpu;
using checks::values;

namespace {

EngineConfig configFor(DataType type, int32_t headDim, int32_t blockTokens, int32_t blocks) {
  EngineConfig config;
  config.model.layers = 2;
  config.model.heads = 6;
  config.model.kvHeads = 2;
  config.model.headDim = headDim;
  config.model.dataType = type;
  config.model.rope.dims = headDim;
  config.blocks = blocks;
  config.blockTokens = blockTokens;
  return config;
}

// Keys and values of `tokens` positions written through the real path without rotation (position
// 0).
std::vector<float> attendAll(const EngineConfig& config, int32_t tokens, bool backwards,
                             std::vector<float>* stored) {
  KvCache cache(config, 0);
  const ModelConfig& m = config.model;
  const RopeTable table = ropeTable(m.rope, 1);
  std::vector<int32_t> blocks(
      static_cast<size_t>((tokens + config.blockTokens - 1) / config.blockTokens));
  for (size_t i = 0; i < blocks.size(); ++i)
    blocks[i] = static_cast<int32_t>(backwards ? blocks.size() - 1 - i : i);
  const size_t width = static_cast<size_t>(m.kvHeads * m.headDim),
               queryWidth = static_cast<size_t>(m.heads * m.headDim);
  std::vector<float> q = values(queryWidth, 99, 2.0f);
  for (int32_t t = 0; t < tokens; ++t) {
    std::vector<float> k = values(width, 1000 + static_cast<uint64_t>(t)),
                       v = values(width, 50000 + static_cast<uint64_t>(t));
    std::vector<float> ignored = q;
    rotateAndStore(m, table, {0, 0, blocks.data(), t, 0}, 1, ignored.data(), k.data(), v.data(),
                   cache);
    if (stored)
      stored->insert(stored->end(), k.begin(), k.end()),
          stored->insert(stored->end(), v.begin(), v.end());
  }
  std::vector<float> out(queryWidth);
  AttentionScratch scratch;
  for (int32_t head = 0; head < m.kvHeads; ++head) {
    const size_t at = static_cast<size_t>(head * 3 * m.headDim);
    attend(cache, {0, 0, blocks.data(), tokens - 1, 0}, 1, head, 3, m.headDim, q.data() + at,
           out.data() + at, scratch);
  }
  return out;
}

double stored16(float x, DataType type) {
  uint32_t place = 0;
  writeElement(&place, type, 0, x);
  return readElement(&place, type, 0);
}

}  // namespace

CHECK("attention: agrees with double arithmetic for every type and head size") {
  for (const DataType type : {DataType::F32, DataType::F16, DataType::BF16}) {
    for (const int32_t headDim : {8, 16, 24, 64, 80, 96, 128, 256}) {
      for (const int32_t tokens : {1, 7, 256, 257, 700}) {
        const EngineConfig config = configFor(type, headDim, 16, 64);
        std::vector<float> kv;
        const std::vector<float> out = attendAll(config, tokens, true, &kv);
        const std::vector<float> q = values(static_cast<size_t>(6 * headDim), 99, 2.0f);
        const size_t width = static_cast<size_t>(2 * headDim);
        for (int32_t head = 0; head < 6; ++head) {
          const size_t kvAt = static_cast<size_t>(head / 3 * headDim);
          std::vector<double> weights, wanted(static_cast<size_t>(headDim), 0.0);
          double sum = 0;
          for (int32_t t = 0; t < tokens; ++t) {
            double score = 0;
            for (int32_t d = 0; d < headDim; ++d) {
              score +=
                  q[static_cast<size_t>(head * headDim + d)] *
                  stored16(kv[static_cast<size_t>(2 * t) * width + kvAt + static_cast<size_t>(d)],
                           type);
            }
            weights.push_back(std::exp(score / std::sqrt(headDim)));
            sum += weights.back();
          }
          for (int32_t d = 0; d < headDim; ++d) {
            double value = 0;
            for (int32_t t = 0; t < tokens; ++t) {
              value +=
                  weights[static_cast<size_t>(t)] / sum *
                  stored16(
                      kv[static_cast<size_t>(2 * t + 1) * width + kvAt + static_cast<size_t>(d)],
                      type);
            }
            EXPECT_NEAR(out[static_cast<size_t>(head * headDim + d)], value, 3e-6);
          }
        }
      }
    }
  }
}

CHECK("attention: the same bits in slots, in blocks of any size and in any order of blocks") {
  for (const int32_t tokens : {5, 255, 300, 900}) {
    const std::vector<float> slot =
        attendAll(configFor(DataType::F16, 64, 1024, 1), tokens, false, nullptr);
    for (const int32_t blockTokens : {1, 7, 16, 100, 256}) {
      const EngineConfig config = configFor(DataType::F16, 64, blockTokens, 1024 / blockTokens + 1);
      const std::vector<float> paged = attendAll(config, tokens, true, nullptr);
      EXPECT(std::memcmp(slot.data(), paged.data(), slot.size() * sizeof(float)) == 0);
    }
  }
}

CHECK("attention: keys that score minus infinity weigh nothing, also a whole split of them") {
  constexpr int32_t kDim = 16, kTokens = 2 * kSplitTokens + 1;
  for (const int32_t finite : {0, 5, kSplitTokens, kTokens - 1}) {
    const EngineConfig config = configFor(DataType::F32, kDim, kTokens, 1);
    KvCache cache(config, 0);
    const RopeTable table = ropeTable(config.model.rope, 1);
    const int32_t block = 0;
    for (int32_t t = 0; t < kTokens; ++t) {
      std::vector<float> q(6 * kDim), k(2 * kDim), v(2 * kDim, static_cast<float>(t));
      if (t != finite) k[0] = k[kDim] = -3e38f;
      rotateAndStore(config.model, table, {0, 0, &block, t, 0}, 0, q.data(), k.data(), v.data(),
                     cache);
    }
    for (const int32_t group : {1, 3}) {
      std::vector<float> q(static_cast<size_t>(group * kDim)), out(q.size());
      for (int32_t g = 0; g < group; ++g) q[static_cast<size_t>(g * kDim)] = 100.0f;
      AttentionScratch scratch;
      attend(cache, {0, 0, &block, kTokens - 1, 0}, 0, 0, group, kDim, q.data(), out.data(),
             scratch);
      // e^-infinity is taken as e^-87.
      for (const float x : out) EXPECT_NEAR(x, finite, 1e-30);
    }
  }
}

// A first split far above the second or below it: weights under another maximum than the largest of
// all would leave the range of fp32.
CHECK("attention: a split that scores far less than another weighs nothing beside it") {
  constexpr int32_t kDim = 16, kTokens = kSplitTokens + 5;
  for (const int32_t largest : {3, kTokens - 1}) {
    const EngineConfig config = configFor(DataType::F32, kDim, kTokens, 1);
    KvCache cache(config, 0);
    const RopeTable table = ropeTable(config.model.rope, 1);
    const int32_t block = 0;
    for (int32_t t = 0; t < kTokens; ++t) {
      std::vector<float> q(6 * kDim), k(2 * kDim), v(2 * kDim, static_cast<float>(t + 1));
      k[0] = k[kDim] = t == largest ? 1000.0f : 0.0f;
      rotateAndStore(config.model, table, {0, 0, &block, t, 0}, 0, q.data(), k.data(), v.data(),
                     cache);
    }
    std::vector<float> q(kDim), out(kDim);
    q[0] = 4.0f;
    AttentionScratch scratch;
    attend(cache, {0, 0, &block, kTokens - 1, 0}, 0, 0, 1, kDim, q.data(), out.data(), scratch);
    for (const float x : out) EXPECT_EQUAL(x, static_cast<float>(largest + 1));
  }
}
