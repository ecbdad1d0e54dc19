#include "world.h"

#include <algorithm>

namespace flover::cpu {
namespace {

EngineConfig configOfRank(const EngineConfig& whole, int32_t rank) {
  EngineConfig own = whole;
  own.model = modelOfRank(whole.model, rank, whole.world.size);
  return own;
}

}  // namespace

Rank::Rank(const EngineConfig& whole, int32_t index, int threads, int32_t scratchBlocks)
    : index(index),
      config(configOfRank(whole, index)),
      vocabulary(partOf(whole.model.vocabulary, index, whole.world.size)),
      pool(threads),
      weights(whole.model, index, whole.world.size, pool),
      cache(config, scratchBlocks) {}

World::World(const EngineConfig& config, int threads, int32_t scratchBlocks)
    : config(config),
      rope(ropeTable(config.model.rope, config.maxSequenceTokens)),
      ranks(static_cast<size_t>(config.world.size)) {
  onEachRank(config.world, [&](int32_t rank) {
    const int64_t own = std::max<int64_t>(1, partOf(threads, rank, config.world.size).size());
    ranks[static_cast<size_t>(rank)] =
        std::make_unique<Rank>(config, rank, static_cast<int>(own), scratchBlocks);
  });
}

}  // namespace flover::cpu
