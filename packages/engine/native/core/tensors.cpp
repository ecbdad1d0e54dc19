#include "flover/tensors.h"

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

}  // namespace flover
