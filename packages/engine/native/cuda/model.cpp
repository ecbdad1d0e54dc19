#include "model.h"

#include <algorithm>

#include "attention.h"
#include "flover/error.h"
#include "flover/rope.h"
#include "flover/synthetic.h"

namespace flover::cuda {

namespace {

// Blocks of 64 rows that two blocks on each of 132 multiprocessors hold at once: narrow weights are
// cut along K to fill them. A constant, not the device's number, so that one checkpoint has the
// same bits on all devices of a generation.
constexpr int kBlocksAtOnce = 264;
constexpr int kMostSplits = 4;

}  // namespace

Model::Model(const ModelConfig& config, const RankConfig& rank, bool hopper, int ropePositions)
    : config_(config), rank_(rank), hopper_(hopper), ledger_(config) {
  const ModelConfig& m = config_;
  if (m.headDim > 256) {
    throw Error("model-unsupported",
                "headDim is " + std::to_string(m.headDim) + "; the CUDA backend takes at most 256",
                "use the CPU backend");
  }
  if (m.family == Family::Llama && m.rope.dims != m.headDim) {
    throw Error("model-unsupported",
                "rope.dims is " + std::to_string(m.rope.dims) +
                    "; the CUDA backend rotates whole LLaMA heads",
                "use the CPU backend");
  }
  if (m.family == Family::Llama && m.intermediate % 8 != 0) {
    throw Error("model-unsupported", "intermediate is " + std::to_string(m.intermediate) +
                                         "; the CUDA backend takes multiples of 8");
  }
  if (m.hidden % 4 != 0 || m.hidden > 16384) {
    throw Error("model-unsupported", "hidden is " + std::to_string(m.hidden) +
                                         "; the CUDA backend takes multiples of 4 up to 16384");
  }
  const bool llama = m.family == Family::Llama;
  const int queryRows = m.heads * m.headDim, stride = headStride(m.headDim);
  layers_.resize(m.layers);
  for (LayerWeights& layer : layers_) {
    layer.qkv = weight((m.heads + 2 * m.kvHeads) * stride, m.hidden, false);
    layer.out = weight(m.hidden, queryRows, true);
    layer.up = weight(llama ? 2 * m.intermediate : m.intermediate, m.hidden, false);
    layer.down = weight(m.hidden, m.intermediate, true);
    const float epsilon = static_cast<float>(m.normEpsilon);
    layer.attentionNorm = {vector(m.hidden), llama ? nullptr : vector(m.hidden), epsilon};
    if (llama) layer.mlpNorm = {vector(m.hidden), nullptr, epsilon};
    if (m.attentionBias) {
      layer.qkv.bias = vector(layer.qkv.paddedRows);
      layer.outBias = vector(m.hidden);
    }
    if (!llama) {
      layer.up.bias = vector(layer.up.paddedRows);
      layer.downBias = vector(m.hidden);
    }
  }
  head_ = weight(m.vocabulary, m.hidden, false);
  if (!llama) headBias_ = vector(m.vocabulary);
  finalNorm_ = {vector(m.hidden), llama ? nullptr : vector(m.hidden),
                static_cast<float>(m.normEpsilon)};
  embedding_ = allocate(static_cast<size_t>(m.vocabulary) * m.hidden * bytesPerElement(m.dataType));
  const RopeTable table = ropeTable(m.rope, ropePositions);
  std::vector<float2> pairs(table.cosines.size());
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {table.cosines[i], table.sines[i]};
  void* rope = allocate(pairs.size() * sizeof(float2));
  FLOVER_CUDA(
      cudaMemcpy(rope, pairs.data(), pairs.size() * sizeof(float2), cudaMemcpyHostToDevice));
  rope_ = static_cast<const float2*>(rope);
}

void* Model::allocate(size_t bytes) {
  buffers_.emplace_back(bytes);
  bytes_ += static_cast<int64_t>(bytes);
  return buffers_.back().as();
}

Weight Model::weight(int rows, int columns, bool maySplit) {
  Weight w;
  w.rows = rows;
  w.paddedRows = padded(rows, kRowTile);
  w.paddedK = padded(columns, kUnit);
  w.data =
      allocate(static_cast<size_t>(w.paddedRows) * w.paddedK * bytesPerElement(config_.dataType));
  if (maySplit && config_.dataType != DataType::F32) {
    const int fit = std::min(kBlocksAtOnce / (w.paddedRows / 64), w.paddedK / kUnit / kParts);
    w.splits = std::clamp(fit, 1, kMostSplits);
  }
  return w;
}

Packing Model::headPacking(int firstHead) const {
  const RowOrder order = config_.family == Family::Llama ? RowOrder::Halves : RowOrder::Pairs;
  const int stride = headStride(config_.headDim);
  return {order, firstHead * stride, config_.headDim, stride};
}

void Model::putWeight(const Weight& w, const Packing& packing, const TensorSpec& spec,
                      const Source& source) {
  if (spec.bias) {
    packVector(const_cast<float*>(w.bias), config_.dataType, packing, source,
               static_cast<int>(spec.shape[0]), nullptr);
    return;
  }
  packWeight(const_cast<void*>(w.data), config_.dataType, w.paddedK, packing, source,
             static_cast<int>(spec.shape[0]), static_cast<int>(spec.shape[1]), nullptr);
}

void Model::put(const TensorSpec& spec, const Source& source) {
  const DataType type = config_.dataType;
  const auto plainVector = [&](const float* to) {
    packVector(const_cast<float*>(to), type, Packing{}, source, static_cast<int>(spec.shape[0]),
               nullptr);
  };
  LayerWeights* layer = spec.layer >= 0 ? &layers_[static_cast<size_t>(spec.layer)] : nullptr;
  const bool llama = config_.family == Family::Llama;
  switch (spec.role) {
    case TensorRole::Query:
      return putWeight(layer->qkv, headPacking(0), spec, source);
    case TensorRole::Key:
      return putWeight(layer->qkv, headPacking(config_.heads), spec, source);
    case TensorRole::Value:
      return putWeight(layer->qkv, headPacking(config_.heads + config_.kvHeads), spec, source);
    case TensorRole::AttentionOutput:
      return spec.bias ? plainVector(layer->outBias)
                       : putWeight(layer->out, Packing{}, spec, source);
    case TensorRole::Gate:
      return putWeight(layer->up, {RowOrder::Gate}, spec, source);
    case TensorRole::Up:
      return putWeight(layer->up, llama ? Packing{RowOrder::Up} : Packing{}, spec, source);
    case TensorRole::Down:
      return spec.bias ? plainVector(layer->downBias)
                       : putWeight(layer->down, Packing{}, spec, source);
    case TensorRole::AttentionNorm:
      return plainVector(spec.bias ? layer->attentionNorm.bias : layer->attentionNorm.weight);
    case TensorRole::MlpNorm:
      return plainVector(layer->mlpNorm.weight);
    case TensorRole::FinalNorm:
      return plainVector(spec.bias ? finalNorm_.bias : finalNorm_.weight);
    case TensorRole::Head:
      return spec.bias ? plainVector(headBias_) : putWeight(head_, Packing{}, spec, source);
    case TensorRole::Embedding:
      packTable(embedding_, type, source, static_cast<int>(spec.shape[0]),
                static_cast<int>(spec.shape[1]), nullptr);
      if (config_.tiedEmbeddings) putWeight(head_, Packing{}, spec, source);
      return;
  }
}

void Model::load(const std::string& name, DataType type, const std::vector<int64_t>& shape,
                 const void* data) {
  const TensorSpec* spec = ledger_.accept(name, type, shape, data);
  if (!spec) return;
  const size_t bytes = static_cast<size_t>(elements(*spec)) * bytesPerElement(type);
  if (staging_.bytes() < bytes) {
    staging_ = DeviceBuffer();
    staging_ = DeviceBuffer(bytes);
  }
  FLOVER_CUDA(cudaMemcpy(staging_.as(), data, bytes, cudaMemcpyHostToDevice));
  Source source;
  source.data = staging_.as();
  source.type = type;
  source.wholeColumns = spec->shape.back();
  put(*spec, source);
  FLOVER_CUDA(cudaStreamSynchronize(nullptr));
}

void Model::synthesize(uint64_t seed) {
  for (const TensorSpec& spec : ledger_.table()) {
    Source source;
    source.key = syntheticKey(spec.name, seed);
    source.offset = isNorm(spec.role) && !spec.bias ? 1.0f : 0.0f;
    source.wholeColumns = spec.shape.back();
    put(spec, source);
  }
  FLOVER_CUDA(cudaStreamSynchronize(nullptr));
  ledger_.acceptAll();
}

void Model::ready() {
  ledger_.complete();
  staging_ = DeviceBuffer();
}

}  // namespace flover::cuda
