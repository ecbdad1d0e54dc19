// Drives a backend in checks: small models, sequences in blocks, works row by row.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "check.h"
#include "flover/backend.h"

namespace flover::checks {

// Small, with every size uneven where it may be; `ranks` can divide it.
inline ModelConfig tinyModel(Family family, DataType type) {
  ModelConfig m;
  m.family = family;
  m.dataType = type;
  m.layers = 3;
  m.hidden = 96;
  m.intermediate = ranks == 1 ? 200 : 224;
  m.heads = 2 * std::max(2, ranks);
  m.kvHeads = family == Family::Llama ? m.heads / 2 : m.heads;
  m.headDim = 24;
  m.vocabulary = 301;
  m.maxPositions = 640;
  m.rope.dims = family == Family::Llama ? 24 : 16;
  return m;
}

struct Row {
  int32_t sequence, from, to, flags;
};
// The flags of a row that decodes a token and samples the next.
constexpr int32_t kDecodes = kRowDecode | kRowSamples;

// Bit for bit.
inline void expectSame(const SequenceResult& seen, const SequenceResult& wanted) {
  EXPECT(seen.tokens == wanted.tokens);
  EXPECT(seen.logProbs == wanted.logProbs);
}
inline void expectSame(const std::vector<SequenceResult>& seen,
                       const std::vector<SequenceResult>& wanted) {
  EXPECT_EQUAL(seen.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) expectSame(seen[i], wanted[i]);
}

// Ranks that share a device need a device that runs their kernels at once, which a sanitizer's does
// not: whoever runs the checks under one sets the variable.
inline void mayShare() {
  if (std::getenv("FLOVER_DEVICE_A_RANK")) throw Skipped{"ranks would share a device"};
}

// Devices that the ranks of a check have: one each, or all that there are in turn.
inline int32_t devicesOfRanks() {
  const int32_t seen = static_cast<int32_t>(cpuBackend().devices().size());
  if (seen < ranks) mayShare();
  return std::min(ranks, seen);
}

// What a check says that it had: the most devices of any of its engines.
inline void countDevices(const WorldConfig& world) {
  std::set<int32_t> held;
  for (const RankConfig& rank : world.ranks) held.insert(rank.device);
  devices = std::max(devices, static_cast<int32_t>(held.size()));
}

inline WorldConfig worldOfRanks() {
  const int32_t devices = devicesOfRanks();
  WorldConfig world;
  world.size = ranks;
  world.ranks.clear();
  for (int32_t rank = 0; rank < ranks; ++rank) world.ranks.push_back({rank, rank % devices});
  return world;
}

class Driver {
 public:
  explicit Driver(const ModelConfig& model, int32_t blockTokens = 16, int32_t blocks = 64,
                  int32_t lanes = 1, int32_t maxSequenceTokens = 320, int32_t maxSequences = 16,
                  const WorldConfig& world = worldOfRanks()) {
    config.model = model;
    config.world = world;
    config.lanes = lanes;
    config.blockTokens = blockTokens;
    config.blocks = blocks;
    config.hostBlocks = blocks;
    config.maxSequences = maxSequences;
    config.maxSequenceTokens = maxSequenceTokens;
    config.maxRowTokens = 640;
    config.threads = 2;
    engine = cpuBackend().create(config);
    countDevices(world);
    engine->synthesize(11);
    engine->ready();
    engine->startClock();
  }

  SequenceConfig sequence(int32_t id, int32_t promptTokens, int32_t output) const {
    SequenceConfig s;
    s.id = s.groupFirst = id;
    s.maxOutputTokens = output;
    s.sampling.logProbs = true;
    for (int32_t i = 0; i < promptTokens; ++i)
      s.prompt.push_back((id * 71 + i * i * 13 + 5) % config.model.vocabulary);
    return s;
  }

  // Blocks for `tokens` tokens, from `first` on in steps of `stride`, with the next work.
  void place(int32_t id, int32_t tokens, int32_t first, int32_t stride = 1) {
    for (int32_t i = 0; i * config.blockTokens < tokens; ++i)
      work.placements.push_back({id, i, first + i * stride});
  }

  void launch(const std::vector<Row>& rows, int32_t deadRows = 0, int32_t lane = 0) {
    for (auto& column : columns) column.clear();
    for (const Row& row : rows) {
      columns[0].push_back(row.sequence), columns[1].push_back(row.from);
      columns[2].push_back(row.to), columns[3].push_back(row.flags);
    }
    work.id += 1;
    work.lane = lane;
    work.rows = static_cast<int32_t>(rows.size());
    work.sequences = columns[0].data(), work.from = columns[1].data();
    work.to = columns[2].data(), work.flags = columns[3].data();
    work.deadRows = deadRows;
    engine->launch(work);
    work.swaps.clear(), work.moves.clear(), work.placements.clear(), work.forks.clear();
  }

  const Completion& run(const std::vector<Row>& rows, int32_t deadRows = 0, int32_t lane = 0) {
    launch(rows, deadRows, lane);
    engine->wait(-1, completion);
    return completion;
  }

  EngineConfig config;
  std::unique_ptr<Backend> engine;
  Work work;
  Completion completion;
  std::vector<int32_t> columns[4];
};

}  // namespace flover::checks
