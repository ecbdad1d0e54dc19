// Samples and beams of one request: which works on them no backend may take.
#include <string>

#include "desk.h"

using namespace flover;
using namespace flover::checks;

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

namespace {

SequenceConfig member(int32_t first, int32_t index, int32_t width, GroupKind kind) {
  SequenceConfig s = sequence(first + index);
  s.group = kind, s.groupWidth = width, s.groupFirst = first, s.groupIndex = index;
  return s;
}

}  // namespace

CHECK("sequences: a beam belongs to the request whose first it names") {
  Desk d;
  d.table.add(member(0, 0, 2, GroupKind::Beams));
  EXPECT_ERROR("sequence-invalid", d.table.add(member(0, 2, 3, GroupKind::Beams)));
  SequenceConfig other = member(0, 1, 2, GroupKind::Beams);
  other.prompt.push_back(1);
  EXPECT_ERROR("sequence-invalid", d.table.add(other));
  d.table.add(member(0, 1, 2, GroupKind::Beams));
  EXPECT(EXPECT_ERROR("sequence-invalid", d.table.add(member(4, 0, 5, GroupKind::Samples)))
             .find("allowed: maxSequences (4)") != std::string::npos);
}

CHECK("sequences: a group is opened with members of its own that are free") {
  for (const bool stranger : {true, false}) {
    Desk d;
    d.table.add(member(0, 0, 2, GroupKind::Samples));
    d.table.add(stranger ? sequence(1) : member(0, 1, 2, GroupKind::Samples));
    d.place(0, {0, 1});
    d.place(1, {2, 3});
    Work busy = d.work({{1, 0, 4, 0}}, 1);
    if (!stranger) d.table.plan(busy, d.rows);
    const std::string message =
        EXPECT_ERROR("work-invalid", d.run(d.work({{0, 0, 6, kRowSamples}})));
    const char* why = stranger ? "is not of its group" : "of its group is in a queued work";
    EXPECT(message.find(why) != std::string::npos);
  }
}

CHECK("sequences: beams sample with the first of their group, or not at all") {
  Desk d;
  for (int32_t i = 0; i < 2; ++i) d.table.add(member(0, i, 2, GroupKind::Beams));
  d.place(0, {0, 1});
  d.place(1, {2, 3});
  d.run(d.work({{0, 0, 6, kRowSamples}}));
  Work w = d.work({{0, 6, 7, kRowDecode}, {1, 6, 7, kRowDecode | kRowSamples}});
  w.forks.push_back({0, 1, 6});
  const std::string message = EXPECT_ERROR("work-invalid", d.run(w));
  EXPECT(message.find("beam 1 samples without the first of its group") != std::string::npos);
}

CHECK("sequences: nobody decodes in the work that opens the group") {
  for (const GroupKind kind : {GroupKind::Samples, GroupKind::Beams}) {
    Desk d;
    for (int32_t i = 0; i < 2; ++i) d.table.add(member(0, i, 2, kind));
    d.place(0, {0, 1});
    d.place(1, {2, 3});
    d.run(d.work({{0, 0, 6, 0}}));
    Work w = d.work({{0, 5, 6, kRowSamples}, {1, 6, 7, kRowDecode | kRowSamples}});
    w.forks.push_back({0, 1, 6});
    const std::string message = EXPECT_ERROR("work-invalid", d.run(w));
    EXPECT(message.find("sequence 1 has no token before the work that opens its group has ended") !=
           std::string::npos);
  }
}
