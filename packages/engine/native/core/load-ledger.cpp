// What has been loaded of a model, and whether its numbers can be held.
#include <cmath>

#include "flover/error.h"
#include "flover/float16.h"
#include "flover/number-text.h"
#include "flover/tensors.h"

namespace flover {
namespace {

bool endsWith(const std::string& text, const char* end) {
  const std::string tail = end;
  return text.size() >= tail.size() &&
         text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

// Tensors that checkpoints carry and no engine needs: causal masks, rotary frequencies.
bool isDispensable(const std::string& name) {
  return endsWith(name, ".attn.bias") || endsWith(name, ".attn.masked_bias") ||
         endsWith(name, ".rotary_emb.inv_freq");
}

// The first element whose bits without the sign, which are in the order of the magnitudes, are at
// least `limit`.
template <typename Bits>
int64_t firstFrom(const void* data, int64_t count, Bits limit) {
  const Bits* bits = static_cast<const Bits*>(data);
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  for (int64_t i = 0; i < count; ++i) {
    if ((bits[i] & kMagnitude) >= limit) return i;
  }
  return -1;
}

// The first element that is NaN, infinite, or becomes infinite in the model's type; or -1.
int64_t firstNotHeld(const void* data, DataType type, DataType held, int64_t count) {
  switch (type) {
    case DataType::F32:
      return firstFrom<uint32_t>(data, count,
                                 held == DataType::F32   ? 0x7F800000u
                                 : held == DataType::F16 ? 0x477FF000u
                                                         : 0x7F7F8000u);
    case DataType::F16:
      return firstFrom<uint16_t>(data, count, 0x7C00u);
    case DataType::BF16:
      return firstFrom<uint16_t>(data, count, held == DataType::F16 ? 0x4780u : 0x7F80u);
  }
  return -1;
}

[[noreturn]] void refuseElement(const std::string& name, DataType held, int64_t at, float value) {
  const std::string where = " at element " + std::to_string(at);
  if (!std::isfinite(value)) {
    throw Error("tensor-not-finite",
                "tensor \"" + name + "\" holds " + (std::isnan(value) ? "NaN" : "infinity") + where,
                "the checkpoint is damaged or was saved from a diverged training; fetch it again");
  }
  throw Error("tensor-overflow",
              "tensor \"" + name + "\" holds " + numberText(value) + where + ", more than " +
                  dataTypeName(held) + " can hold",
              std::string("set dataType to ") + (held == DataType::F16 ? "bf16 or f32" : "f32"));
}

[[noreturn]] void refuseDuplicate(const std::string& name) {
  throw Error("tensor-duplicate", "tensor \"" + name + "\" was loaded already",
              "load each tensor once; weights from a seed go into a new engine");
}

}  // namespace

LoadLedger::LoadLedger(const ModelConfig& model)
    : held_(model.dataType), table_(tensorTable(model)), loaded_(table_.size(), 0) {
  for (size_t i = 0; i < table_.size(); ++i) byName_[table_[i].name] = i;
}

const TensorSpec* LoadLedger::accept(const std::string& name, DataType type,
                                     const std::vector<int64_t>& shape, const void* data) {
  const auto found = byName_.find(name);
  if (found == byName_.end()) {
    if (isDispensable(name) || name == "lm_head.weight") return nullptr;
    throw Error("tensor-unexpected", "tensor \"" + name + "\" does not belong to this model",
                "check that config.json and the weights are of the same checkpoint");
  }
  const TensorSpec& spec = table_[found->second];
  if (spec.shape != shape) {
    throw Error("tensor-shape",
                "tensor \"" + name + "\" has shape " + shapeName(shape) + ", the config demands " +
                    shapeName(spec.shape),
                "check that config.json and the weights are of the same checkpoint");
  }
  if (loaded_[found->second]) refuseDuplicate(name);
  const int64_t bad = firstNotHeld(data, type, held_, elements(spec));
  if (bad >= 0) refuseElement(name, held_, bad, readElement(data, type, bad));
  loaded_[found->second] = 1;
  return &spec;
}

void LoadLedger::acceptAll() {
  for (size_t i = 0; i < table_.size(); ++i) {
    if (loaded_[i]) refuseDuplicate(table_[i].name);
  }
  loaded_.assign(loaded_.size(), 1);
}

void LoadLedger::complete() const {
  std::string names;
  int missing = 0;
  for (size_t i = 0; i < table_.size(); ++i) {
    if (loaded_[i]) continue;
    if (++missing <= 3) names += (missing > 1 ? ", \"" : "\"") + table_[i].name + "\"";
  }
  if (missing == 0) return;
  throw Error(
      "tensor-missing",
      std::to_string(missing) + " of " + std::to_string(table_.size()) +
          " tensors are missing: " + names + (missing > 3 ? ", ..." : ""),
      "check that all shards of the checkpoint are there and that config.json belongs to them");
}

}  // namespace flover
