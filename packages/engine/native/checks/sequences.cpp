// Works that no backend may take, and tensors and configurations that no model may have.
#include "flover/sequences.h"

#include <cmath>
#include <limits>

#include "check.h"
#include "flover/shards.h"

using namespace flover;

namespace {

EngineConfig smallConfig() {
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

SequenceConfig sequence(int32_t id, int32_t promptTokens = 6) {
  SequenceConfig s;
  s.id = s.groupFirst = id;
  s.prompt.assign(static_cast<size_t>(promptTokens), 1);
  s.maxOutputTokens = 4;
  return s;
}

struct Row {
  int32_t sequence, from, to, flags;
};

// A table and an easy way to plan works on it.
struct Desk {
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

}  // namespace

CHECK("sequences: what cannot be added") {
  Desk d;
  d.table.add(sequence(3));
  EXPECT_ERROR("sequence-invalid", d.table.add(sequence(3)));
  EXPECT_ERROR("sequence-invalid", d.table.add(sequence(4, 0)));
  EXPECT_ERROR("sequence-invalid", d.table.add(sequence(4, 30)));
  SequenceConfig s = sequence(4);
  s.prompt[2] = 50;
  EXPECT_ERROR("sequence-invalid", d.table.add(s));
  s = sequence(4);
  s.groupWidth = 2;
  EXPECT_ERROR("sequence-invalid", d.table.add(s));
  s = sequence(5);
  s.group = GroupKind::Beams, s.groupWidth = 2, s.groupFirst = 4, s.groupIndex = 1;
  EXPECT_ERROR("sequence-invalid", d.table.add(s));
  for (int32_t id = 10; id < 13; ++id) d.table.add(sequence(id));
  EXPECT_ERROR("sequence-invalid", d.table.add(sequence(13)));
  EXPECT_ERROR("sequence-unknown", d.table.release(99));
}

CHECK("sequences: rows follow the KV that stands and the tokens that are known") {
  Desk d;
  d.table.add(sequence(0));
  EXPECT_ERROR("sequence-unknown", d.run(d.work({{7, 0, 1, 0}})));
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 6, 0}})));  // no blocks
  d.place(0, {2, 5});
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 1, 6, 0}})));  // KV of token 0 does not stand
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 7, 0}})));  // token 6 is not known
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 5, kRowSamples}})));  // token 5 is known
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 6, kRowDecode}})));
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 6, 8}})));
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 6, 0}, {0, 0, 6, 0}})));
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 6, 0}}, 2)));  // no such lane
  d.run(d.work({{0, 0, 4, 0}}));
  d.run(d.work({{0, 4, 6, kRowSamples}}));
  d.run(d.work({{0, 6, 7, kRowDecode | kRowSamples}}));
  d.run(d.work({{0, 7, 8, kRowDecode | kRowSamples}}));
  EXPECT_ERROR("work-invalid",
               d.run(d.work({{0, 8, 9, kRowDecode | kRowSamples}})));  // no third block
  d.run(d.work({{0, 0, 6, 0}}));                                       // recompute
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 7, 8, kRowDecode}})));
}

CHECK("sequences: blocks belong to one sequence, and not to two lanes at once") {
  Desk d;
  d.table.add(sequence(0));
  d.table.add(sequence(1));
  d.place(0, {2, 5});
  d.run(d.work({{0, 0, 6, 0}}));
  Work outside = d.work({});
  outside.placements.push_back({0, 1, 8});
  EXPECT_ERROR("work-invalid", d.run(outside));
  outside.placements[0] = {1, 8, 6};
  EXPECT_ERROR("work-invalid", d.run(outside));
  Work queued = d.work({{0, 5, 6, 0}}, 0);
  d.table.plan(queued, d.rows);
  EXPECT_ERROR("sequence-busy", d.table.release(0));
  Work other = d.work({}, 1);
  other.placements.push_back({1, 0, 5});
  EXPECT_ERROR("work-invalid", d.table.plan(other, d.rows));
  Work same = d.work({{0, 5, 6, 0}}, 1);
  EXPECT_ERROR("work-invalid", d.table.plan(same, d.rows));
  queued = d.work({{0, 5, 6, 0}}, 0);
  d.table.ended(queued);
  d.place(1, {5});  // taken over from sequence 0, which loses what lived there
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 5, 6, 0}})));
  d.table.release(0);
  d.table.release(1);
}

CHECK("sequences: a second beginning voids what a preempted sequence held") {
  Desk d;
  d.table.add(sequence(0));
  d.table.add(sequence(1));
  d.place(0, {2, 5});
  d.run(d.work({{0, 0, 6, 0}}));
  d.place(0, {3});
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 5, 6, 0}})));
  d.place(0, {3, 4});
  d.place(1, {2, 5});  // free again: sequence 0 keeps what it has made since
  d.run(d.work({{0, 0, 6, 0}}));
  d.place(1, {2, 5});
  d.run(d.work({{0, 5, 6, 0}}));
}

CHECK("sequences: moves, swaps and forks name what is there") {
  Desk d;
  d.table.add(sequence(0));
  d.table.add(sequence(1));
  d.place(0, {2, 5});
  d.run(d.work({{0, 0, 6, 0}}));
  Work w = d.work({});
  w.moves.push_back({0, 0, 3, 4, 4});
  EXPECT_ERROR("work-invalid", d.run(w));
  w.moves[0] = {0, 0, 2, 3, 5};
  EXPECT_ERROR("work-invalid", d.run(w));
  w.moves[0] = {0, 0, 2, 3, 4};
  d.run(w);
  w = d.work({});
  w.swaps.push_back({0, true, 6, {2, 5}});
  EXPECT_ERROR("work-invalid", d.run(w));  // it lives in 3 now
  w.swaps[0] = {0, true, 7, {3, 5}};
  EXPECT_ERROR("work-invalid", d.run(w));
  w.swaps[0] = {0, false, 6, {3, 5}};
  EXPECT_ERROR("work-invalid", d.run(w));
  w.swaps[0] = {0, true, 6, {3, 5}};
  d.run(w);
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 5, 6, 0}})));
  w.swaps[0] = {0, false, 6, {6, 7}};
  d.run(w);
  d.run(d.work({{0, 5, 6, 0}}));
  w = d.work({});
  w.forks.push_back({0, 1, 4});
  EXPECT_ERROR("work-invalid", d.run(w));
  w = d.work({});
  w.swaps.push_back({1, true, 12, {0, 1, 2}});
  EXPECT_ERROR("work-invalid", d.run(w));
}

CHECK("sequences: a group samples from its first, beams come together") {
  Desk d;
  for (int32_t i = 0; i < 2; ++i) {
    SequenceConfig s = sequence(i);
    s.group = GroupKind::Beams, s.groupWidth = 2, s.groupFirst = 0, s.groupIndex = i;
    d.table.add(s);
  }
  d.place(0, {0, 1});
  d.place(1, {2, 3});
  EXPECT_ERROR("work-invalid", d.run(d.work({{1, 0, 6, kRowSamples}})));
  d.run(d.work({{0, 0, 6, kRowSamples}}));
  Work w = d.work({{0, 6, 7, 3}, {1, 6, 7, 3}});
  w.forks.push_back({0, 1, 6});
  d.run(w);
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 7, 8, 3}})));
  Desk e;
  for (int32_t i = 0; i < 2; ++i) {
    SequenceConfig s = sequence(i);
    s.group = GroupKind::Beams, s.groupWidth = 2, s.groupFirst = 0, s.groupIndex = i;
    e.table.add(s);
  }
  e.place(0, {0, 1});
  e.place(1, {2, 3});
  e.run(e.work({{0, 0, 6, kRowSamples}}));
  w = e.work({{1, 6, 7, 3}, {0, 6, 7, 3}});
  w.forks.push_back({0, 1, 6});
  EXPECT_ERROR("work-invalid", e.run(w));
}

CHECK("tensors: names, shapes, duplicates, NaN, what is missing") {
  const ModelConfig model = smallConfig().model;
  LoadLedger ledger(model);
  const std::vector<float> norm(16, 1.0f);
  const std::string name = "model.norm.weight";
  EXPECT(EXPECT_ERROR("tensor-unexpected",
                      ledger.accept("model.norm.bias", DataType::F32, {16}, norm.data()))
             .find("model.norm.bias") != std::string::npos);
  EXPECT(EXPECT_ERROR("tensor-shape", ledger.accept(name, DataType::F32, {8}, norm.data()))
             .find("[16]") != std::string::npos);
  std::vector<float> bad = norm;
  bad[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT(EXPECT_ERROR("tensor-not-finite", ledger.accept(name, DataType::F32, {16}, bad.data()))
             .find("element 5") != std::string::npos);
  const std::vector<uint16_t> halves(16, 0x7C00);
  EXPECT_ERROR("tensor-not-finite", ledger.accept(name, DataType::F16, {16}, halves.data()));
  EXPECT(ledger.accept("model.layers.0.self_attn.rotary_emb.inv_freq", DataType::F32, {4},
                       norm.data()) == nullptr);
  EXPECT(ledger.accept(name, DataType::F32, {16}, norm.data()) != nullptr);
  EXPECT_ERROR("tensor-duplicate", ledger.accept(name, DataType::F32, {16}, norm.data()));
  EXPECT(EXPECT_ERROR("tensor-missing", ledger.complete()).find("model.embed_tokens.weight") !=
         std::string::npos);
}

CHECK("config: impossible models and ranks are refused by field") {
  const auto refused = [](const char* code, const char* field, auto change) {
    EngineConfig config = smallConfig();
    change(config);
    const std::string message = EXPECT_ERROR(code, checkConfig(config));
    EXPECT(message.find(field) != std::string::npos);
  };
  checkConfig(smallConfig());
  refused("model-invalid", "kvHeads",
          [](EngineConfig& c) { c.model.heads = 3, c.model.kvHeads = 2; });
  refused("model-invalid", "headDim", [](EngineConfig& c) { c.model.headDim = 7; });
  refused("model-invalid", "rope.dims", [](EngineConfig& c) { c.model.rope.dims = 10; });
  refused("model-invalid", "layers", [](EngineConfig& c) { c.model.layers = 0; });
  refused("config-invalid", "maxSequenceTokens", [](EngineConfig& c) { c.maxSequenceTokens = 65; });
  refused("config-invalid", "lanes", [](EngineConfig& c) { c.lanes = 0; });
  const auto ranks = [](int32_t size) {
    WorldConfig world{size, {}, Collective::OneShot, {}};
    for (int32_t rank = 0; rank < size; ++rank) world.ranks.push_back({rank, 0});
    return world;
  };
  refused("world-invalid", "heads (2)", [&](EngineConfig& c) { c.world = ranks(3); });
  refused("world-invalid", "kvHeads",
          [&](EngineConfig& c) { c.model.heads = 4, c.model.kvHeads = 1, c.world = ranks(2); });
  refused("world-invalid", "intermediate", [&](EngineConfig& c) {
    c.model.kvHeads = 2, c.model.intermediate = 33, c.world = ranks(2);
  });
  refused("world-invalid", "1 of 2 ranks", [](EngineConfig& c) { c.world.size = 2; });
  refused("world-invalid", "world.ranks[0].rank",
          [](EngineConfig& c) { c.world.ranks[0].rank = 1; });
}
