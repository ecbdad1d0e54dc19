#include "models.h"

#include <sstream>

#include "flover/error.h"
#include "flover/shards.h"

namespace flover::bench {

namespace {

ModelConfig whole(const std::string& name) {
  ModelConfig m;
  m.dataType = DataType::F16;
  m.headDim = m.rope.dims = 128;
  m.vocabulary = 32000, m.maxPositions = 2048;
  if (name == "7B") m.layers = 32, m.hidden = 4096, m.intermediate = 11008, m.heads = 32;
  if (name == "13B") m.layers = 40, m.hidden = 5120, m.intermediate = 13824, m.heads = 40;
  if (name == "33B") m.layers = 60, m.hidden = 6656, m.intermediate = 17920, m.heads = 52;
  if (name == "65B") m.layers = 80, m.hidden = 8192, m.intermediate = 22016, m.heads = 64;
  if (name == "GPT-J") {
    m.family = Family::GptJ;
    m.layers = 28, m.hidden = 4096, m.intermediate = 16384, m.heads = 16;
    m.headDim = 256, m.rope.dims = 64, m.vocabulary = 50400;
  }
  m.kvHeads = m.heads;
  return m;
}

}  // namespace

ModelConfig namedModel(const std::string& name) {
  std::istringstream in(name);
  std::string model, parts;
  std::getline(in, model, '/');
  const ModelConfig m = whole(model);
  if (m.layers == 0)
    throw Error("config-invalid", "model " + name + "; allowed: 7B, 13B, 33B, 65B, GPT-J");
  return std::getline(in, parts) ? modelOfRank(m, 0, std::stoi(parts)) : m;
}

}  // namespace flover::bench
