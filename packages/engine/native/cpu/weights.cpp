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

Weights::Weights(const ModelConfig& whole, int32_t rank, int32_t worldSize, ThreadPool& pool)
    : model_(whole),
      rank_(rank),
      worldSize_(worldSize),
      pool_(pool),
      layers_(static_cast<size_t>(whole.layers)) {}

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

void Weights::load(const TensorSpec& spec, DataType type, const void* whole) {
  const TensorPart part = partOf(spec, rank_, worldSize_);
  if (spec.shape.size() == 2) {
    PackedMatrix packed(part.rows.size(), part.columns.size(), model_.dataType);
    packed.fill(pool_, part, whole, type);
    matrix(spec) = std::move(packed);
    return;
  }
  std::vector<float>& values = vector(spec);
  values.resize(static_cast<size_t>(part.rows.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t at = part.wholeIndex(static_cast<int64_t>(i), 0);
    values[i] = rounded(readElement(whole, type, at), model_.dataType);
  }
}

void Weights::synthesize(const TensorSpec& spec, uint64_t seed) {
  const TensorPart part = partOf(spec, rank_, worldSize_);
  const uint64_t key = syntheticKey(spec.name, seed);
  if (spec.shape.size() == 2) {
    PackedMatrix packed(part.rows.size(), part.columns.size(), model_.dataType);
    packed.synthesize(pool_, part, key);
    matrix(spec) = std::move(packed);
    return;
  }
  std::vector<float>& values = vector(spec);
  values.resize(static_cast<size_t>(part.rows.size()));
  const float base = isNorm(spec.role) && !spec.bias ? 1.0f : 0.0f;
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t at = part.wholeIndex(static_cast<int64_t>(i), 0);
    values[i] = rounded(base + syntheticValue(key, static_cast<uint64_t>(at)), model_.dataType);
  }
}

}  // namespace flover::cpu
