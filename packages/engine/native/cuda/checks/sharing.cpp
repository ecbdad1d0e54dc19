// Worlds whose ranks share a device: their kernels wait for each other there, so that all must get
// room on it, in every company of ranks and lanes.
#include <algorithm>

#include "../../checks/check.h"
#include "../../checks/driver.h"

using namespace flover;
using namespace flover::checks;

namespace {

constexpr int32_t kOutput = 12;

WorldConfig onDeviceZero() {
  mayShare();
  WorldConfig world = worldOfRanks();
  for (RankConfig& rank : world.ranks) rank.device = 0;
  return world;
}

ModelConfig smallModel(Family family) {
  ModelConfig m = tinyModel(family, DataType::F16);
  m.intermediate = 64 * ranks;
  return m;
}

// A product of it fills any device.
ModelConfig wideModel() {
  ModelConfig m = tinyModel(Family::Llama, DataType::F16);
  m.layers = 2;
  m.hidden = 4096;
  m.intermediate = 11008;
  m.heads = m.kvHeads = 32;
  m.headDim = m.rope.dims = 128;
  m.vocabulary = 32000;
  return m;
}

// `each` of them are the prompts of one work.
int32_t promptOf(int32_t id, int32_t each) { return 5 + id * 37 % std::min(200, 600 / each - 5); }

// `each` requests a lane from prompt to last token, one work in flight on every lane.
std::vector<SequenceResult> resultsOf(const ModelConfig& m, int32_t lanes, int32_t each,
                                      int32_t running) {
  const int32_t count = lanes * each, perSequence = 240 / 16;
  Driver d(m, 16, count * perSequence, lanes, 240, 64, onDeviceZero());
  std::vector<SequenceResult> results;
  for (int32_t first = 0; first < count; first += running * each) {
    for (int32_t i = 0; i < kOutput; ++i) {
      for (int32_t lane = 0; lane < running; ++lane) {
        std::vector<Row> rows;
        for (int32_t k = 0; k < each; ++k) {
          const int32_t id = first + lane * each + k, prompt = promptOf(id, each);
          if (i == 0) {
            d.engine->add(d.sequence(id, prompt, kOutput));
            d.place(id, prompt + kOutput, (lane * each + k) * perSequence);
          }
          rows.push_back(i == 0 ? Row{id, 0, prompt, kRowSamples}
                                : Row{id, prompt + i - 1, prompt + i, kDecodes});
        }
        d.launch(rows, 0, lane);
      }
      for (int32_t lane = 0; lane < running; ++lane) d.engine->wait(-1, d.completion);
    }
    for (int32_t k = 0; k < running * each; ++k) {
      results.push_back(d.engine->result(first + k));
      d.engine->release(first + k);
    }
  }
  return results;
}

void expectSameBits(const ModelConfig& m, int32_t lanes, int32_t each) {
  const auto together = resultsOf(m, lanes, each, lanes), apart = resultsOf(m, lanes, each, 1);
  EXPECT_EQUAL(together.size(), apart.size());
  for (size_t i = 0; i < apart.size(); ++i) {
    EXPECT(together[i].tokens == apart[i].tokens);
    EXPECT(together[i].logProbs == apart[i].logProbs);
  }
}

void checkSmall() {
  for (const Family family : {Family::Llama, Family::GptJ})
    expectSameBits(smallModel(family), 4, 3);
}

void checkWide() {
  for (const int32_t each : {1, 8, 32}) expectSameBits(wideModel(), 2, each);
}

const Registration small("sharing: all lanes at once on one device have the bits of one lane",
                         {2, 4, 8}, checkSmall);
const Registration wide("sharing: kernels that fill the device come beside those that wait",
                        {2, 4, 8}, checkWide);

}  // namespace

CHECK_ON_RANKS("sharing: NCCL, too many lanes and too little memory are refused") {
  if (ranks == 1) return;
  const ModelConfig model = smallModel(Family::Llama);
  WorldConfig world = onDeviceZero();
  world.collective = Collective::Nccl;
  EXPECT_ERROR("collective-unavailable", Driver(model, 16, 64, 1, 320, 16, world));
  world = onDeviceZero();
  const std::string lanes =
      EXPECT_ERROR("config-invalid", Driver(model, 16, 64, 33, 320, 16, world));
  EXPECT(lanes.find(std::to_string(ranks) + " ranks of ") != std::string::npos);
  ModelConfig large = wideModel();
  large.layers = 1024;  // the most that a config may have: 400 GB
  const std::string memory =
      EXPECT_ERROR("out-of-memory", Driver(large, 16, 64, 1, 320, 16, world));
  EXPECT(memory.find("by " + std::to_string(ranks) + " ranks; device 0 has") != std::string::npos);
}
