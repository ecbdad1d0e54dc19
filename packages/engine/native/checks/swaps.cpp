// Which moves, swaps and forks no backend may take, and what they leave of host memory.
#include <string>

#include "desk.h"

using namespace flover;
using namespace flover::checks;

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

CHECK("sequences: what is refused for want of host memory takes none of it") {
  Desk d;
  SequenceConfig s = sequence(0, 12);
  d.table.add(s);
  d.place(0, {0, 1, 2});
  d.run(d.work({{0, 0, 12, 0}}));
  Work w = d.work({});
  w.swaps.push_back({0, true, 12, {0, 1, 2}});
  const std::string message = EXPECT_ERROR("work-invalid", d.run(w));
  EXPECT(message.find("holds 2 blocks, 3 are needed") != std::string::npos);
  // The run is over, and its sequences are released; the next has all the room there is.
  d.table.release(0);
  d.table.add(sequence(1, 8));
  d.place(1, {0, 1});
  d.run(d.work({{1, 0, 8, 0}}));
  w.swaps[0] = {1, true, 8, {0, 1}};
  d.run(w);
}

CHECK("sequences: host memory is free again after a swap in and after a release") {
  Desk d;
  for (int32_t id = 0; id < 3; ++id) {
    d.table.add(sequence(id, 8));
    d.place(id, {0, 1});
    d.run(d.work({{id, 0, 8, 0}}));
    for (int time = 0; time < 3; ++time) {
      Work out = d.work({}), in = d.work({});
      out.swaps = {{id, true, 8, {0, 1}}}, in.swaps = {{id, false, 8, {0, 1}}};
      d.run(out);
      if (time < 2) d.run(in);
    }
    d.table.release(id);
  }
}

CHECK(
    "sequences: a fork stays in its group, within the KV that stands and in blocks that are "
    "there") {
  Desk d;
  for (int32_t id = 0; id < 2; ++id) {
    SequenceConfig s = sequence(id);
    s.group = GroupKind::Samples, s.groupWidth = 2, s.groupFirst = 0, s.groupIndex = id;
    d.table.add(s);
  }
  d.table.add(sequence(2));
  d.place(0, {2, 5});
  d.place(1, {0});
  d.place(2, {1, 3});
  d.run(d.work({{0, 0, 6, 0}}));
  const auto refused = [&](Fork fork) {
    Work w = d.work({});
    w.forks.push_back(fork);
    return EXPECT_ERROR("work-invalid", d.run(w));
  };
  const auto says = [](const std::string& message, const char* part) {
    EXPECT(message.find(part) != std::string::npos);
  };
  says(refused({0, 2, 4}), "not of one group");
  says(refused({0, 0, 4}), "not of one group");
  says(refused({0, 1, 7}), "7 tokens of 6");
  says(refused({0, 1, -1}), "-1 tokens of 6");
  says(refused({0, 1, 5}), "no block at index 1");
  Work w = d.work({});
  w.forks.push_back({0, 1, 4});
  d.run(w);
  says(EXPECT_ERROR("work-invalid", d.run(d.work({{1, 5, 6, 0}}))), "written up to token 4");
}
