// The tensors of a model by their Hugging Face names, with whole shapes and how a rank takes its
// part.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "flover/model.h"

namespace flover {

enum class TensorRole : int32_t {
  Embedding,
  Query,
  Key,
  Value,
  AttentionOutput,
  Gate,
  Up,
  Down,
  AttentionNorm,
  MlpNorm,
  FinalNorm,
  Head,
};

// Rows: dimension 0 (outputs) is cut; Columns: dimension 1 (inputs) is cut; Whole: every rank holds
// it. shards.h says which part is whose.
enum class Shard : int32_t { Whole, Rows, Columns };

struct TensorSpec {
  std::string name;
  TensorRole role = TensorRole::Embedding;
  int32_t layer = -1;  // -1: not of a layer
  bool bias = false;
  std::vector<int64_t> shape;
  Shard shard = Shard::Whole;
};

// LLaMA: gate, up, down. GPT-J: `Up` is fc_in, `Down` is fc_out; one norm a layer (AttentionNorm).
// Tied embeddings have no Head.
std::vector<TensorSpec> tensorTable(const ModelConfig& model);

bool isNorm(TensorRole role);
int64_t elements(const TensorSpec& spec);
size_t bytesPerElement(DataType type);
// Keys and values of one token in all layers.
int64_t kvTokenBytes(const ModelConfig& model);
const char* dataTypeName(DataType type);
std::string shapeName(const std::vector<int64_t>& shape);

// Throws unless the config describes a model that can run ("model-invalid" names the field), the
// limits are possible and the world can divide the model ("world-invalid").
void checkConfig(const EngineConfig& config);

// Keeps account of a load: each tensor once, with the right shape, all numbers finite in the
// model's type, none missing.
class LoadLedger {
 public:
  explicit LoadLedger(const ModelConfig& model);
  // The tensor's spec; nullptr for one that is known and not needed (a rotary table, a causal mask,
  // a tied head). Throws "tensor-unexpected", "tensor-shape", "tensor-duplicate",
  // "tensor-not-finite", "tensor-overflow".
  const TensorSpec* accept(const std::string& name, DataType type,
                           const std::vector<int64_t>& shape, const void* data);
  // All at once. Throws "tensor-duplicate" where one has been loaded.
  void acceptAll();
  // Throws "tensor-missing", naming the first few.
  void complete() const;
  const std::vector<TensorSpec>& table() const { return table_; }

 private:
  DataType held_;
  std::vector<TensorSpec> table_;
  std::unordered_map<std::string, size_t> byName_;
  std::vector<uint8_t> loaded_;
};

}  // namespace flover
