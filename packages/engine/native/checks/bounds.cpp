// What the CUDA backend refuses before it asks a device.
#include "../cuda/bounds.h"

#include "check.h"

using namespace flover;
using namespace flover::cuda;

namespace {

// As the kernels divide: __umulhi.
int32_t divided(int32_t position, uint32_t divider) {
  if (divider == 0) return position;
  return static_cast<int32_t>(static_cast<uint64_t>(position) * divider >> 32);
}

// Around every border of a block a wrong divider shows first.
void expectExact(int32_t blockTokens, int32_t positions) {
  const uint32_t divider = blockDivider(blockTokens, positions);
  for (int64_t border = 0; border <= positions; border += blockTokens) {
    for (const int64_t position : {border - 1, border, border + 1}) {
      if (position < 0 || position >= positions) continue;
      EXPECT_EQUAL(divided(static_cast<int32_t>(position), divider), position / blockTokens);
    }
  }
  EXPECT_EQUAL(divided(positions - 1, divider), (positions - 1) / blockTokens);
}

EngineConfig allowed() {
  EngineConfig c;
  c.model.hidden = 8192, c.model.intermediate = 22016, c.model.vocabulary = 128256;
  c.model.heads = 64, c.model.kvHeads = 8, c.model.headDim = c.model.rope.dims = 128;
  c.blocks = 8192, c.blockTokens = 16, c.maxSequenceTokens = 131072;
  return c;
}

}  // namespace

CHECK("bounds: a key's block is found at every position, in slots of any length") {
  for (const int32_t blockTokens : {1, 2, 7, 16, 48, 100, 448, 512, 2047, 4096})
    for (const int32_t positions : {1, 16, 449, 2048, 131072}) expectExact(blockTokens, positions);
  // A block a sequence, longer than 2^16: ceil(2^32 / 120000) would give the last two block 1.
  for (const int32_t positions : {70000, 119999, 120000, 131072, 1 << 23})
    expectExact(positions, positions);
  expectExact(65536, 131072);
  const std::string message = EXPECT_ERROR("config-invalid", blockDivider(40001, 1 << 23));
  EXPECT(message.find("blockTokens is 40001") == 0);
}

CHECK("bounds: models and engines that the kernels cannot take are refused by field") {
  checkBounds(allowed());
  const auto expectRefusal = [](const char* code, const char* start, auto spoil) {
    EngineConfig config = allowed();
    spoil(config);
    const std::string message = EXPECT_ERROR(code, checkBounds(config));
    EXPECT(message.find(start) == 0);
  };
  const char *model = "model-unsupported", *engine = "config-invalid";
  expectRefusal(model, "headDim is 512; the CUDA backend takes at most 256", [](EngineConfig& c) {
    c.model.headDim = c.model.rope.dims = 512;
  });
  expectRefusal(model, "rope.dims is 64", [](EngineConfig& c) { c.model.rope.dims = 64; });
  expectRefusal(model, "hidden is 8190", [](EngineConfig& c) { c.model.hidden = 8190; });
  expectRefusal(model, "vocabulary is 400000",
                [](EngineConfig& c) { c.model.vocabulary = 400000; });
  expectRefusal(model, "intermediate is 224", [](EngineConfig& c) {
    c.world.size = 8, c.model.intermediate = 224;
  });
  expectRefusal(engine, "maxSequenceTokens is 8388609",
                [](EngineConfig& c) { c.maxSequenceTokens = (1 << 23) + 1; });
  expectRefusal(engine, "blocks is 16777216; the CUDA backend takes at most 16777215 blocks",
                [](EngineConfig& c) { c.blocks = 1 << 24; });
}

CHECK("bounds: end tokens and bad words that no pass has room for are refused by number") {
  SequenceConfig s;
  s.id = 4;
  s.sampling.endTokens.assign(kMostWordNumbers - 4, 1);
  checkWords(s);
  s.sampling.badWords = {{}};
  const std::string message = EXPECT_ERROR("sampling-invalid", checkWords(s));
  EXPECT(message.find("sequence 4: sampling.endTokens and sampling.badWords hold 65532 tokens and "
                      "1 words for each of 1 sequences; the CUDA backend takes 65534") == 0);
  s.sampling.badWords.clear();
  s.groupWidth = 2;
  EXPECT_ERROR("sampling-invalid", checkWords(s));
  s.sampling.endTokens.clear();
  EXPECT_EQUAL(wordNumbers(s.sampling), 0);
  checkWords(s);
}

CHECK("bounds: heads of 256 go by tiles where a block may have 160 KiB") {
  constexpr size_t kHopper = 227 << 10, kAda = 99 << 10;
  for (const DataType type : {DataType::F16, DataType::BF16}) {
    EXPECT(canAttendTiles(type, 256, kHopper));
    EXPECT(!canAttendTiles(type, 256, kAda));
    EXPECT(canAttendTiles(type, 128, kAda));
    EXPECT(!canAttendTiles(type, 32, kHopper));
  }
  EXPECT(!canAttendTiles(DataType::F32, 128, kHopper));
}
