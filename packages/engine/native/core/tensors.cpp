#include "flover/tensors.h"

#include <cmath>

#include "flover/error.h"
#include "flover/float16.h"

namespace flover {
namespace {

void addLlamaLayer(std::vector<TensorSpec>& table, const ModelConfig& m, int32_t layer) {
  const std::string at = "model.layers." + std::to_string(layer) + ".";
  const int64_t h = m.hidden, q = int64_t{m.heads} * m.headDim, kv = int64_t{m.kvHeads} * m.headDim;
  const int64_t inner = m.intermediate;
  const auto add = [&](const std::string& name, TensorRole role, std::vector<int64_t> shape,
                       Shard shard) {
    table.push_back({at + name, role, layer, false, std::move(shape), shard});
  };
  const auto addBias = [&](const std::string& name, TensorRole role, int64_t size, Shard shard) {
    if (m.attentionBias) table.push_back({at + name, role, layer, true, {size}, shard});
  };
  add("input_layernorm.weight", TensorRole::AttentionNorm, {h}, Shard::Whole);
  add("self_attn.q_proj.weight", TensorRole::Query, {q, h}, Shard::Rows);
  add("self_attn.k_proj.weight", TensorRole::Key, {kv, h}, Shard::Rows);
  add("self_attn.v_proj.weight", TensorRole::Value, {kv, h}, Shard::Rows);
  add("self_attn.o_proj.weight", TensorRole::AttentionOutput, {h, q}, Shard::Columns);
  addBias("self_attn.q_proj.bias", TensorRole::Query, q, Shard::Rows);
  addBias("self_attn.k_proj.bias", TensorRole::Key, kv, Shard::Rows);
  addBias("self_attn.v_proj.bias", TensorRole::Value, kv, Shard::Rows);
  addBias("self_attn.o_proj.bias", TensorRole::AttentionOutput, h, Shard::Whole);
  add("post_attention_layernorm.weight", TensorRole::MlpNorm, {h}, Shard::Whole);
  add("mlp.gate_proj.weight", TensorRole::Gate, {inner, h}, Shard::Rows);
  add("mlp.up_proj.weight", TensorRole::Up, {inner, h}, Shard::Rows);
  add("mlp.down_proj.weight", TensorRole::Down, {h, inner}, Shard::Columns);
}

void addGptJLayer(std::vector<TensorSpec>& table, const ModelConfig& m, int32_t layer) {
  const std::string at = "transformer.h." + std::to_string(layer) + ".";
  const int64_t h = m.hidden, q = int64_t{m.heads} * m.headDim, inner = m.intermediate;
  const auto add = [&](const std::string& name, TensorRole role, bool bias,
                       std::vector<int64_t> shape, Shard shard) {
    table.push_back({at + name, role, layer, bias, std::move(shape), shard});
  };
  add("ln_1.weight", TensorRole::AttentionNorm, false, {h}, Shard::Whole);
  add("ln_1.bias", TensorRole::AttentionNorm, true, {h}, Shard::Whole);
  add("attn.q_proj.weight", TensorRole::Query, false, {q, h}, Shard::Rows);
  add("attn.k_proj.weight", TensorRole::Key, false, {q, h}, Shard::Rows);
  add("attn.v_proj.weight", TensorRole::Value, false, {q, h}, Shard::Rows);
  add("attn.out_proj.weight", TensorRole::AttentionOutput, false, {h, q}, Shard::Columns);
  add("mlp.fc_in.weight", TensorRole::Up, false, {inner, h}, Shard::Rows);
  add("mlp.fc_in.bias", TensorRole::Up, true, {inner}, Shard::Rows);
  add("mlp.fc_out.weight", TensorRole::Down, false, {h, inner}, Shard::Columns);
  add("mlp.fc_out.bias", TensorRole::Down, true, {h}, Shard::Whole);
}

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

template <typename Bits>
int64_t firstNotFinite(const Bits* bits, int64_t count, Bits exponent) {
  for (int64_t i = 0; i < count; ++i) {
    if ((bits[i] & exponent) == exponent) return i;
  }
  return -1;
}

int64_t firstNotFinite(const void* data, DataType type, int64_t count) {
  switch (type) {
    case DataType::F32:
      return firstNotFinite<uint32_t>(static_cast<const uint32_t*>(data), count, 0x7F800000u);
    case DataType::F16:
      return firstNotFinite<uint16_t>(static_cast<const uint16_t*>(data), count, 0x7C00u);
    case DataType::BF16:
      return firstNotFinite<uint16_t>(static_cast<const uint16_t*>(data), count, 0x7F80u);
  }
  return -1;
}

}  // namespace

std::vector<TensorSpec> tensorTable(const ModelConfig& m) {
  std::vector<TensorSpec> table;
  const int64_t vocabulary = m.vocabulary, hidden = m.hidden;
  const bool llama = m.family == Family::Llama;
  table.push_back({llama ? "model.embed_tokens.weight" : "transformer.wte.weight",
                   TensorRole::Embedding,
                   -1,
                   false,
                   {vocabulary, hidden},
                   Shard::Rows});
  for (int32_t layer = 0; layer < m.layers; ++layer) {
    llama ? addLlamaLayer(table, m, layer) : addGptJLayer(table, m, layer);
  }
  table.push_back({llama ? "model.norm.weight" : "transformer.ln_f.weight",
                   TensorRole::FinalNorm,
                   -1,
                   false,
                   {hidden},
                   Shard::Whole});
  if (!llama) {
    table.push_back(
        {"transformer.ln_f.bias", TensorRole::FinalNorm, -1, true, {hidden}, Shard::Whole});
  }
  if (!m.tiedEmbeddings) {
    table.push_back(
        {"lm_head.weight", TensorRole::Head, -1, false, {vocabulary, hidden}, Shard::Rows});
  }
  if (!llama)
    table.push_back({"lm_head.bias", TensorRole::Head, -1, true, {vocabulary}, Shard::Rows});
  return table;
}

bool isNorm(TensorRole role) {
  return role == TensorRole::AttentionNorm || role == TensorRole::MlpNorm ||
         role == TensorRole::FinalNorm;
}

int64_t elements(const TensorSpec& spec) {
  int64_t count = 1;
  for (const int64_t dimension : spec.shape) count *= dimension;
  return count;
}

size_t bytesPerElement(DataType type) { return type == DataType::F32 ? 4 : 2; }

int64_t kvTokenBytes(const ModelConfig& model) {
  return int64_t{2} * model.layers * model.kvHeads * model.headDim *
         static_cast<int64_t>(bytesPerElement(model.dataType));
}

const char* dataTypeName(DataType type) {
  return type == DataType::F32 ? "f32" : type == DataType::F16 ? "f16" : "bf16";
}

std::string shapeName(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

LoadLedger::LoadLedger(const ModelConfig& model)
    : table_(tensorTable(model)), loaded_(table_.size(), 0) {
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
  if (loaded_[found->second])
    throw Error("tensor-duplicate", "tensor \"" + name + "\" was loaded twice");
  const int64_t bad = firstNotFinite(data, type, elements(spec));
  if (bad >= 0) {
    const bool nan = std::isnan(readElement(data, type, bad));
    throw Error("tensor-not-finite",
                "tensor \"" + name + "\" holds " + (nan ? "NaN" : "infinity") + " at element " +
                    std::to_string(bad),
                "the checkpoint is damaged or was saved from a diverged training; fetch it again");
  }
  loaded_[found->second] = 1;
  return &spec;
}

void LoadLedger::acceptAll() { loaded_.assign(loaded_.size(), 1); }

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
