#include "weights.h"

#include "flover/error.h"
#include "flover/float16.h"
#include "flover/synthetic.h"

namespace flover::cpu {
namespace {

// A vector's element as the model's type holds it.
float rounded(float value, DataType type) {
  switch (type) {
    case DataType::F32:
      return value;
    case DataType::F16:
      return halfToFloat(floatToHalf(value));
    case DataType::BF16:
      return bf16ToFloat(floatToBf16(value));
  }
  return value;
}

[[noreturn]] void noSuchTensor(const TensorSpec& spec) {
  throw Error("internal", "no place for tensor \"" + spec.name + "\"");
}

}  // namespace

Weights::Weights(const ModelConfig& model, ThreadPool& pool)
    : model_(model), pool_(pool), ledger_(model), layers_(static_cast<size_t>(model.layers)) {}

int64_t Weights::bytesFor(const ModelConfig& model) {
  int64_t bytes = 0;
  for (const TensorSpec& spec : tensorTable(model)) {
    bytes += elements(spec) * static_cast<int64_t>(bytesPerElement(model.dataType));
  }
  return bytes;
}

PackedMatrix& Weights::matrix(const TensorSpec& spec) {
  if (spec.role == TensorRole::Embedding) return embedding_;
  if (spec.role == TensorRole::Head) return head_;
  LayerWeights& layer = layers_[static_cast<size_t>(spec.layer)];
  switch (spec.role) {
    case TensorRole::Query:
      return layer.query;
    case TensorRole::Key:
      return layer.key;
    case TensorRole::Value:
      return layer.value;
    case TensorRole::AttentionOutput:
      return layer.output;
    case TensorRole::Gate:
      return layer.gate;
    case TensorRole::Up:
      return layer.up;
    case TensorRole::Down:
      return layer.down;
    default:
      noSuchTensor(spec);
  }
}

std::vector<float>& Weights::vector(const TensorSpec& spec) {
  if (spec.role == TensorRole::Head) return headBias_;
  if (spec.role == TensorRole::FinalNorm) return spec.bias ? finalNormBias_ : finalNorm_;
  LayerWeights& layer = layers_[static_cast<size_t>(spec.layer)];
  switch (spec.role) {
    case TensorRole::Query:
      return layer.queryBias;
    case TensorRole::Key:
      return layer.keyBias;
    case TensorRole::Value:
      return layer.valueBias;
    case TensorRole::AttentionOutput:
      return layer.outputBias;
    case TensorRole::Up:
      return layer.upBias;
    case TensorRole::Down:
      return layer.downBias;
    case TensorRole::AttentionNorm:
      return spec.bias ? layer.attentionNormBias : layer.attentionNorm;
    case TensorRole::MlpNorm:
      return layer.mlpNorm;
    default:
      noSuchTensor(spec);
  }
}

void Weights::load(const std::string& name, DataType type, const std::vector<int64_t>& shape,
                   const void* data) {
  const TensorSpec* spec = ledger_.accept(name, type, shape, data);
  if (spec == nullptr) return;
  if (spec->shape.size() == 2) {
    PackedMatrix packed(spec->shape[0], spec->shape[1], model_.dataType);
    packed.fill(pool_, data, type);
    matrix(*spec) = std::move(packed);
    return;
  }
  std::vector<float>& values = vector(*spec);
  values.resize(static_cast<size_t>(spec->shape[0]));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = rounded(readElement(data, type, static_cast<int64_t>(i)), model_.dataType);
  }
}

void Weights::synthesize(uint64_t seed) {
  for (const TensorSpec& spec : ledger_.table()) {
    const uint64_t key = syntheticKey(spec.name, seed);
    if (spec.shape.size() == 2) {
      PackedMatrix packed(spec.shape[0], spec.shape[1], model_.dataType);
      packed.synthesize(pool_, key);
      matrix(spec) = std::move(packed);
      continue;
    }
    std::vector<float>& values = vector(spec);
    values.resize(static_cast<size_t>(spec.shape[0]));
    const float base = isNorm(spec.role) && !spec.bias ? 1.0f : 0.0f;
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = rounded(base + syntheticValue(key, i), model_.dataType);
  }
  ledger_.acceptAll();
}

void Weights::ready() {
  ledger_.complete();
  ready_ = true;
}

}  // namespace flover::cpu
