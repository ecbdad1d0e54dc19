// A table of sequences of a small engine, and an easy way to plan works on it.
#pragma once
#include <vector>

#include "check.h"
#include "flover/sequences.h"

namespace flover::checks {

inline EngineConfig smallConfig() {
  EngineConfig config;
  config.model.layers = 1;
  config.model.hidden = 16;
  config.model.intermediate = 32;
  config.model.heads = 2;
  config.model.kvHeads = 1;
  config.model.headDim = 8;
  config.model.vocabulary = 50;
  config.model.maxPositions = 64;
  config.model.rope.dims = 8;
  config.lanes = 2;
  config.blocks = 8;
  config.blockTokens = 4;
  config.hostBlocks = 2;
  config.maxSequences = 4;
  config.maxSequenceTokens = 32;
  config.maxRowTokens = 16;
  return config;
}

inline SequenceConfig sequence(int32_t id, int32_t promptTokens = 6) {
  SequenceConfig s;
  s.id = s.groupFirst = id;
  s.prompt.assign(static_cast<size_t>(promptTokens), 1);
  s.maxOutputTokens = 4;
  return s;
}

struct Desk {
  struct Row {
    int32_t sequence, from, to, flags;
  };

  SequenceTable table{smallConfig()};
  std::vector<Sequence*> rows;
  std::vector<int32_t> columns[4];

  Work work(std::vector<Row> given, int32_t lane = 0) {
    for (auto& column : columns) column.clear();
    for (const Row& row : given) {
      columns[0].push_back(row.sequence), columns[1].push_back(row.from);
      columns[2].push_back(row.to), columns[3].push_back(row.flags);
    }
    Work w;
    w.lane = lane;
    w.rows = static_cast<int32_t>(given.size());
    w.sequences = columns[0].data(), w.from = columns[1].data();
    w.to = columns[2].data(), w.flags = columns[3].data();
    return w;
  }
  void run(Work w) {
    table.plan(w, rows);
    table.ended(w);
  }
  void place(int32_t id, std::vector<int32_t> blocks) {
    Work w = work({});
    for (size_t i = 0; i < blocks.size(); ++i)
      w.placements.push_back({id, static_cast<int32_t>(i), blocks[i]});
    run(w);
  }
};

}  // namespace flover::checks
