// A request whose numbers overflow must not be heard by those that come after it: its NaN stay in
// scratch memory, where a pass of another size has its padding.
#include "overflow-engine.h"

using namespace flover;
using namespace flover::checks;

namespace {

void expectUnheard(const Sizes& sizes, DataType type) {
  const ModelConfig model = modelOf(sizes, type);
  const auto wanted = OverflowEngine(model).runQuiet();
  OverflowEngine engine(model);
  engine.runLoud();
  const auto seen = engine.runQuiet();
  const std::string where = std::string(dataTypeName(type)) + ", padded " + sizes.padded;
  for (size_t token = 0; token < wanted.size(); ++token) {
    for (size_t i = 0; i < wanted[token].size(); ++i) {
      const float x = seen[token][i], y = wanted[token][i];
      if (std::isfinite(y) && x == y) continue;
      fail(__FILE__, __LINE__,
           where + ": logit " + std::to_string(i) + " of token " + std::to_string(token) + " is " +
               std::to_string(x) + ", on a fresh engine " + std::to_string(y));
    }
  }
}

void expectAlone(DataType type) {
  const ModelConfig model = modelOf(kSizes[0], type);
  OverflowEngine engine(model);
  const std::vector<float> seen = engine.runBeside();
  OverflowEngine other(model);
  other.runQuiet();
  const std::vector<float>& wanted = other.logProbs();
  EXPECT_EQUAL(seen.size(), size_t{kBeside + 1});
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQUAL(seen[i], wanted[i]);
}

}  // namespace

CHECK_ON_RANKS(
    "overflow: requests without logits end by themselves, and change nothing beside them") {
  for (const DataType type : {DataType::F32, DataType::F16, DataType::BF16}) expectAlone(type);
}

CHECK_ON_RANKS("overflow: keys that have overflown are not passed over") {
  for (const DataType type : {DataType::F32, DataType::F16, DataType::BF16}) {
    for (const Sizes& sizes : kSizes) {
      OverflowEngine engine(modelOf(sizes, type), Loud::Keys);
      engine.runLoudKeys(0, 16);
      engine.runLoudKeys(3, 4);
    }
  }
}

CHECK_ON_RANKS("overflow: a request of NaN leaves nothing behind for the next") {
  for (const DataType type : {DataType::F32, DataType::F16, DataType::BF16})
    for (const Sizes& sizes : kSizes) expectUnheard(sizes, type);
}
