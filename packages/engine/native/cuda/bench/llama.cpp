#include "llama.h"

#include <sstream>

#include "flover/error.h"
#include "flover/shards.h"

namespace flover::bench {

ModelConfig llama(const std::string& name) {
  ModelConfig m;
  m.dataType = DataType::F16;
  m.headDim = m.rope.dims = 128;
  m.vocabulary = 32000, m.maxPositions = 2048;
  std::istringstream in(name);
  std::string whole, parts;
  std::getline(in, whole, '/');
  if (whole == "13B") m.layers = 40, m.hidden = 5120, m.intermediate = 13824, m.heads = 40;
  if (whole == "33B") m.layers = 60, m.hidden = 6656, m.intermediate = 17920, m.heads = 52;
  if (whole == "65B") m.layers = 80, m.hidden = 8192, m.intermediate = 22016, m.heads = 64;
  if (m.layers == 0) throw Error("config-invalid", "model " + name + "; allowed: 13B, 33B, 65B");
  m.kvHeads = m.heads;
  if (std::getline(in, parts)) m = modelOfRank(m, 0, std::stoi(parts));
  return m;
}

}  // namespace flover::bench
