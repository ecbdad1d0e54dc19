// Works that no backend may take: rows and blocks.
#include <limits>
#include <string>

#include "desk.h"

using namespace flover;
using namespace flover::checks;

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

CHECK("sequences: a block that was taken away leaves no KV, whatever comes in its place") {
  Desk d;
  d.table.add(sequence(0, 10));
  d.table.add(sequence(1));
  d.place(0, {0, 1, 2});
  d.run(d.work({{0, 0, 9, 0}}));
  d.place(1, {1});
  Work w = d.work({{0, 9, 10, 0}});
  w.placements = {{0, 1, 3}};
  const std::string message = EXPECT_ERROR("work-invalid", d.run(w));
  EXPECT(message.find("KV is written up to token 4") != std::string::npos);
  d.run(d.work({{0, 4, 10, 0}}));
}

CHECK("sequences: a work has no more new tokens than there is room for") {
  Desk d;
  d.table.add(sequence(0, 12));
  d.table.add(sequence(1, 12));
  d.place(0, {0, 1, 2});
  d.place(1, {3, 4, 5});
  const std::string message =
      EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 12, 0}, {1, 0, 5, 0}})));
  EXPECT(message.find("17 new tokens; allowed: maxRowTokens (16)") != std::string::npos);
  d.run(d.work({{0, 0, 12, 0}, {1, 0, 4, 0}}));
}

CHECK("sequences: a block holds one place of its sequence") {
  Desk d;
  d.table.add(sequence(0));
  Work w = d.work({});
  w.placements = {{0, 0, 3}, {0, 1, 3}};
  const std::string message = EXPECT_ERROR("work-invalid", d.run(w));
  EXPECT(message.find("block 3 is given to sequence 0 at index 1 and holds its index 0") !=
         std::string::npos);
  d.place(0, {3, 4});
  d.run(d.work({{0, 0, 6, 0}}));
  w.placements.clear();
  w.moves = {{0, 0, 3, 4, 4}};
  EXPECT_ERROR("work-invalid", d.run(w));
  w.moves = {{0, 0, 3, 3, 4}, {0, 1, 4, 5, 2}, {0, 0, 3, 4, 4}};
  d.run(w);
  d.run(d.work({{0, 5, 6, 0}}));
}

CHECK("sequences: numbers at the end of their range are refused, not wrapped") {
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  Desk d;
  d.table.add(sequence(0));
  d.place(0, {2, 5});
  d.run(d.work({{0, 0, 6, 0}}));
  EXPECT_ERROR("work-invalid", d.run(d.work({{0, 6, kMost, 0}})));
  Work w = d.work({});
  for (const int32_t tokens : {kMost, -1, -kMost - 1}) {
    w.swaps = {{0, true, tokens, {2, 5}}};
    EXPECT_ERROR("work-invalid", d.run(w));
    w.swaps.clear(), w.moves = {{0, 0, 2, 3, tokens}};
    EXPECT_ERROR("work-invalid", d.run(w));
    w.moves.clear();
  }
  w.deadRows = kMost;
  EXPECT_ERROR("work-invalid", d.run(w));
  EngineConfig wide = smallConfig();
  wide.blockTokens = 1 << 30;
  SequenceTable table(wide);
  EXPECT_EQUAL(table.add(sequence(0)).plan.blocks.size(), size_t{1});
}

CHECK("sequences: what is refused says what comes next") {
  Desk d;
  const auto refused = [](const char* code, const char* part, auto body) {
    try {
      body();
    } catch (const Error& error) {
      EXPECT_EQUAL(error.code, code);
      EXPECT(std::string(error.what()).find(part) != std::string::npos);
      EXPECT(!error.hint.empty());
      return;
    }
    EXPECT(false);
  };
  refused("sequence-unknown", "sequence 9", [&] { d.table.find(9); });
  d.table.add(sequence(0));
  refused("work-invalid", "work 0 on lane 2: there is no such lane; allowed: 0 to 1",
          [&] { d.run(d.work({}, 2)); });
  refused("work-invalid", "block 8 does not exist; allowed: 0 to 7", [&] { d.place(0, {8}); });
  refused("work-invalid", "flags are 8; allowed: 0 to 3", [&] { d.run(d.work({{0, 0, 6, 8}})); });
  refused("work-invalid", "deadRows is 5; allowed: 0 to 4", [&] {
    Work w = d.work({});
    w.deadRows = 5;
    d.run(w);
  });
  d.place(0, {2, 5});
  const Work queued = d.work({{0, 0, 6, 0}}, 1);
  d.table.plan(queued, d.rows);
  refused("sequence-busy", "queued work on lane 1", [&] { d.table.release(0); });
  refused("sequence-busy", "queued work on lane 1", [&] { d.table.result(0); });
  d.table.ended(queued);
}

CHECK("sequences: no token is sampled past maxOutputTokens") {
  Desk d;
  d.table.add(sequence(0));
  d.place(0, {0, 1, 2});
  d.run(d.work({{0, 0, 6, kRowSamples}}));
  for (int32_t at = 6; at < 9; ++at) d.run(d.work({{0, at, at + 1, kRowDecode | kRowSamples}}));
  const std::string message =
      EXPECT_ERROR("work-invalid", d.run(d.work({{0, 9, 10, kRowDecode | kRowSamples}})));
  EXPECT(message.find("all 4 tokens have been sampled") != std::string::npos);
  d.run(d.work({{0, 9, 10, kRowDecode}}));
}
