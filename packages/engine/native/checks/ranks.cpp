// Worlds of several ranks as a whole: logits as in a world of one, and one error when a rank fails.
#include <cmath>
#include <deque>

#include "check.h"
#include "driver.h"
#include "flover/shards.h"

using namespace flover;
using namespace flover::checks;

namespace {

// Logits after the prompt and after each of `output - 1` greedy tokens.
std::vector<std::vector<float>> logitsOf(const ModelConfig& model, const WorldConfig& world,
                                         int32_t output) {
  Driver d(model, 16, 64, 1, 320, 16, world);
  d.engine->keepLogits(true);
  const SequenceConfig s = d.sequence(0, 300 - output, output);
  const int32_t prompt = static_cast<int32_t>(s.prompt.size());
  d.engine->add(s);
  d.place(0, 300, 0);
  d.run({{0, 0, prompt, kRowSamples}});
  std::vector<std::vector<float>> logits = {d.engine->logits(0)};
  for (int32_t at = prompt; at < 299; ++at) {
    d.run({{0, at, at + 1, kDecodes}});
    logits.push_back(d.engine->logits(0));
  }
  return logits;
}

// A prompt and greedy tokens after it, a work each, as the whole of a run; leaves nothing behind.
SequenceResult runOf(Driver& d, int32_t id, int32_t works, int32_t lane = 0) {
  d.engine->startClock();
  d.work.id = -1;
  const SequenceConfig s = d.sequence(id, 20 + id, works);
  const int32_t prompt = static_cast<int32_t>(s.prompt.size());
  d.engine->add(s);
  d.place(id, prompt + works, 0);
  d.run({{id, 0, prompt, kRowSamples}}, 0, lane);
  for (int32_t at = prompt; at + 1 < prompt + works; ++at)
    d.run({{id, at, at + 1, kDecodes}}, 0, lane);
  const SequenceResult result = d.engine->result(id);
  d.engine->release(id);
  return result;
}

}  // namespace

// Eight, and what adds up to eight, is how many works a lane of the CUDA backend tells apart.
CHECK_ON_RANKS("ranks: a work is not taken for one of the same number in an earlier run") {
  const ModelConfig model = tinyModel(Family::Llama, DataType::F32);
  Driver d(model, 16, 64, 2);
  int32_t id = 0;
  for (const int32_t works : {8, 8, 4, 4, 8, 3, 5, 8, 16, 9}) {
    for (int32_t lane = 0; lane < 2; ++lane, ++id) {
      Driver fresh(model, 16, 64, 2);
      expectSame(runOf(d, id, works, lane), runOf(fresh, id, works, lane));
    }
  }
}

CHECK_ON_RANKS("ranks: engines open and close beside others, right after their last work") {
  const ModelConfig model = tinyModel(Family::Llama, DataType::F32);
  Driver first(model);
  const SequenceResult wanted = runOf(first, 0, 5);
  std::deque<Driver> open;
  for (int32_t i = 0; i < 14; ++i) {
    // No two of one size: memory that one gives back is cut anew for the next.
    open.emplace_back(model, 16, 32 + i, 1 + i % 2, 320, 4 + i);
    for (Driver& d : open) expectSame(runOf(d, 0, 5), wanted);
    if (open.size() > 4) open.pop_front();
  }
  expectSame(runOf(first, 0, 5), wanted);
}

CHECK_ON_RANKS("ranks: logits agree with a world of one within 1e-4, both families") {
  for (const Family family : {Family::Llama, Family::GptJ}) {
    ModelConfig model = tinyModel(family, DataType::F32);
    model.attentionBias = family == Family::Llama;
    const auto seen = logitsOf(model, worldOfRanks(), 20);
    const auto wanted = logitsOf(model, WorldConfig{}, 20);
    for (size_t i = 0; i < wanted.size(); ++i) {
      for (size_t k = 0; k < wanted[i].size(); ++k) EXPECT_NEAR(seen[i][k], wanted[i][k], 1e-4);
    }
  }
}

CHECK_ON_RANKS("ranks: one that fails ends all lanes with one error, and nobody waits for it") {
  for (int32_t failing = 0; failing < ranks; ++failing) {
    WorldConfig world = worldOfRanks();
    world.failRank = failing;
    world.failWork = 3;
    Driver d(tinyModel(Family::Llama, DataType::F32), 16, 64, 2, 320, 16, world);
    for (int32_t id = 0; id < 2; ++id) {
      d.engine->add(d.sequence(id, 20, 9));
      d.place(id, 29, id * 20);
      d.run({{id, 0, 20, kRowSamples}}, 0, id);
    }
    d.launch({{0, 20, 21, kDecodes}}, 0, 0);
    const std::string code = ranks == 1 ? "fault-injected" : "rank-failed";
    const std::string message = EXPECT_ERROR(code, d.engine->wait(-1, d.completion));
    if (ranks == 1) continue;
    const std::string who =
        "rank " + std::to_string(failing) + " of " + std::to_string(ranks) + " (device ";
    EXPECT(message.find(who) == 0);
    EXPECT(message.find("told to fail at work 3") != std::string::npos);
    EXPECT(EXPECT_ERROR(code, d.run({{1, 20, 21, kDecodes}}, 0, 1)) == message);
  }
}

CHECK("ranks: parts of a tensor are all of it, once") {
  ModelConfig model = tinyModel(Family::GptJ, DataType::F32);
  model.heads = model.kvHeads = 8;
  for (const int32_t worldSize : {1, 2, 4, 8}) {
    for (const TensorSpec& spec : tensorTable(model)) {
      std::vector<int> times(static_cast<size_t>(elements(spec)), 0);
      for (int32_t rank = 0; rank < worldSize; ++rank) {
        const TensorPart part = partOf(spec, rank, worldSize);
        for (int64_t row = 0; row < part.rows.size(); ++row) {
          for (int64_t column = 0; column < part.columns.size(); ++column)
            times[static_cast<size_t>(part.wholeIndex(row, column))] += 1;
        }
      }
      for (const int count : times) EXPECT_EQUAL(count, spec.shard == Shard::Whole ? worldSize : 1);
    }
  }
  EXPECT_EQUAL(partOf(301, 0, 4).size(), 76);
  EXPECT_EQUAL(partOf(301, 3, 4).size(), 75);
}

CHECK("ranks: devices that are not there are refused, shared ones where NCCL is to sum") {
  WorldConfig world{2, {{0, 0}, {1, 2}}, Collective::OneShot, {}};
  EXPECT(EXPECT_ERROR("device-unavailable", checkDevices(world, 2)) ==
         "rank 1 asks for device 2; seen: 2 devices, allowed: 0 to 1");
  world.ranks[1].device = 0;
  checkDevices(world, 1);
  world.collective = Collective::Nccl;
  EXPECT(EXPECT_ERROR("collective-unavailable", checkDevices(world, 1)) ==
         "rank 1 asks for device 0, which rank 0 has, and NCCL takes one rank a device");
  world.ranks[1].device = 1;
  checkDevices(world, 2);
}

CHECK("ranks: a check tells the most devices that one of its engines had") {
  countDevices({4, {{0, 0}, {1, 1}, {2, 0}, {3, 1}}, Collective::OneShot, {}});
  EXPECT_EQUAL(devices, 2);
  countDevices({});
  EXPECT_EQUAL(devices, 2);
}
