// Tensors and configurations that no model may have.
#include <cmath>
#include <limits>

#include "desk.h"
#include "flover/shards.h"
#include "flover/tensors.h"

using namespace flover;
using namespace flover::checks;

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

CHECK("tensors: a number that the model's type cannot hold is refused") {
  const auto accepted = [](DataType held, DataType type, const void* data) {
    ModelConfig model = smallConfig().model;
    model.dataType = held;
    return LoadLedger(model).accept("model.norm.weight", type, {16}, data) != nullptr;
  };
  std::vector<float> whole(16, -65519.0f);  // rounds to the largest of f16, 65504
  EXPECT(accepted(DataType::F16, DataType::F32, whole.data()));
  whole[3] = -65520.0f;
  const std::string message =
      EXPECT_ERROR("tensor-overflow", accepted(DataType::F16, DataType::F32, whole.data()));
  EXPECT(message.find("-65520 at element 3, more than f16 can hold") != std::string::npos);
  EXPECT(accepted(DataType::BF16, DataType::F32, whole.data()));
  whole[3] = 3.4e38f;
  EXPECT_ERROR("tensor-overflow", accepted(DataType::BF16, DataType::F32, whole.data()));
  EXPECT(accepted(DataType::F32, DataType::F32, whole.data()));
  std::vector<uint16_t> brain(16, 0x477F);
  EXPECT(accepted(DataType::F16, DataType::BF16, brain.data()));
  brain[15] = 0xC780;  // -65536
  EXPECT_ERROR("tensor-overflow", accepted(DataType::F16, DataType::BF16, brain.data()));
  EXPECT(accepted(DataType::BF16, DataType::BF16, brain.data()));
  brain[15] = 0xFF80;
  EXPECT_ERROR("tensor-not-finite", accepted(DataType::F16, DataType::BF16, brain.data()));
}

CHECK("tensors: all from a seed, or one by one") {
  LoadLedger ledger(smallConfig().model);
  const std::vector<float> norm(16, 1.0f);
  ledger.accept("model.norm.weight", DataType::F32, {16}, norm.data());
  EXPECT_ERROR("tensor-duplicate", ledger.acceptAll());
}

CHECK("config: KV beyond any memory is refused, whatever it would wrap to") {
  EngineConfig config = smallConfig();  // 64 bytes a token
  config.blocks = config.hostBlocks = 1 << 24, config.blockTokens = 1 << 30;
  EXPECT_ERROR("out-of-memory", checkConfig(config));
  config.model.kvHeads = config.model.heads = 512, config.model.headDim = 512;
  config.model.layers = 512, config.hostBlocks = 0;  // 2^30 bytes a token: 2^84 in all
  EXPECT_ERROR("out-of-memory", checkConfig(config));
  config.blocks = 1, config.blockTokens = 1 << 29;
  checkConfig(config);
  config.hostBlocks = 1;  // 2^59 bytes a block
  EXPECT_ERROR("out-of-memory", checkConfig(config));
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
  refused("model-invalid", "normEpsilon is 0;", [](EngineConfig& c) { c.model.normEpsilon = 0; });
  refused("model-invalid", "normEpsilon is -1e-09;",
          [](EngineConfig& c) { c.model.normEpsilon = -1e-9; });
  refused("model-invalid", "rope.theta is 1;", [](EngineConfig& c) { c.model.rope.theta = 1; });
  refused("model-invalid", "rope.factor is 0;", [](EngineConfig& c) { c.model.rope.factor = 0; });
  refused("model-invalid", "rope.highFrequencyFactor", [](EngineConfig& c) {
    Rope& r = c.model.rope;
    r.scaling = Rope::Scaling::Llama3, r.originalPositions = 64;
    r.lowFrequencyFactor = r.highFrequencyFactor = 2;
  });
  refused("model-invalid", "no grouped queries",
          [](EngineConfig& c) { c.model.family = Family::GptJ; });
  refused("config-invalid", "maxRowTokens is 0;", [](EngineConfig& c) { c.maxRowTokens = 0; });
  refused("config-invalid", "maxSequenceTokens", [](EngineConfig& c) { c.maxSequenceTokens = 65; });
  refused("config-invalid", "blockTokens", [](EngineConfig& c) { c.blockTokens = (1 << 30) + 1; });
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
  refused("world-invalid", "more than the model's vocabulary (2)", [&](EngineConfig& c) {
    c.model.heads = c.model.kvHeads = 4, c.model.vocabulary = 2, c.world = ranks(4);
  });
  refused("world-invalid", "1 of 2 ranks", [](EngineConfig& c) { c.world.size = 2; });
  refused("world-invalid", "world.ranks[0].rank",
          [](EngineConfig& c) { c.world.ranks[0].rank = 1; });
}

CHECK("devices: one that is not there, and NCCL ranks on one device, are refused") {
  WorldConfig world{2, {{0, 0}, {1, 2}}, Collective::OneShot, {}};
  checkDevices(world, 3);
  EXPECT(EXPECT_ERROR("device-unavailable", checkDevices(world, 2))
             .find("rank 1 asks for device 2; seen: 2 devices, allowed: 0 to 1") == 0);
  world.ranks[1].device = 0;
  checkDevices(world, 1);
  world.collective = Collective::Nccl;
  EXPECT(EXPECT_ERROR("collective-unavailable", checkDevices(world, 1))
             .find("rank 1 asks for device 0, which rank 0 has") == 0);
}

CHECK("tensors: what a checkpoint carries beside the model is passed over") {
  const float one = 1.0f;
  LoadLedger ledger(smallConfig().model);
  for (const char* name : {"transformer.h.0.attn.bias", "transformer.h.0.attn.masked_bias"})
    EXPECT(ledger.accept(name, DataType::F32, {1}, &one) == nullptr);
  ModelConfig tied = smallConfig().model;
  tied.tiedEmbeddings = true;
  EXPECT(LoadLedger(tied).accept("lm_head.weight", DataType::F32, {1}, &one) == nullptr);
}
