#include "model.h"

#include <algorithm>

#include "attention.h"
#include "flover/rope.h"
#include "flover/synthetic.h"

namespace flover::cuda {

namespace {

// Narrow weights are cut along K into as many splits as give so many tiles of 64 rows at most: two
// for each of 132 multiprocessors. A constant, not the device's number, so that one checkpoint has
// the same bits on all devices of a generation.
constexpr int kMostTiles = 264;
constexpr int kMostSplits = 4;

}  // namespace

Model::Model(const ModelConfig& config, int rank, int ranks, bool hopper, int ropePositions)
    : whole_(config),
      config_(modelOfRank(config, rank, ranks)),
      rank_(rank),
      ranks_(ranks),
      hopper_(hopper) {
  config_.vocabulary = config.vocabulary;
  const ModelConfig& m = config_;
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
  head_ =
      weight(static_cast<int>(flover::partOf(m.vocabulary, rank, ranks).size()), m.hidden, false);
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
    const int fit = std::min(kMostTiles / (w.paddedRows / 64), w.paddedK / kUnit / kParts);
    w.splits = std::clamp(fit, 1, kMostSplits);
  }
  return w;
}

Packing Model::headPacking(int firstHead) const {
  const RowOrder order = config_.family == Family::Llama ? RowOrder::Halves : RowOrder::Pairs;
  const int stride = headStride(config_.headDim);
  return {order, firstHead * stride, config_.headDim, stride};
}

// Embeddings and the head's bias are whole on every rank: a token is looked up and sampled on all.
TensorPart Model::partOf(const TensorSpec& spec) const {
  const bool whole =
      spec.role == TensorRole::Embedding || (spec.role == TensorRole::Head && spec.bias);
  return flover::partOf(spec, whole ? 0 : rank_, whole ? 1 : ranks_);
}

void Model::putWeight(const Weight& w, const Packing& packing, bool bias, const TensorPart& part,
                      const Source& source) {
  const int rows = static_cast<int>(part.rows.size());
  if (bias)
    return packVector(const_cast<float*>(w.bias), config_.dataType, packing, source, rows, nullptr);
  packWeight(const_cast<void*>(w.data), config_.dataType, w.paddedK, packing, source, rows,
             static_cast<int>(part.columns.size()), nullptr);
}

void Model::put(const TensorSpec& spec, const Source& source) {
  const DataType type = config_.dataType;
  const TensorPart part = partOf(spec);
  const auto plainVector = [&](const float* to) {
    packVector(const_cast<float*>(to), type, Packing{}, source, static_cast<int>(part.rows.size()),
               nullptr);
  };
  const auto toWeight = [&](const Weight& weight, const Packing& packing) {
    putWeight(weight, packing, spec.bias, part, source);
  };
  LayerWeights* layer = spec.layer >= 0 ? &layers_[static_cast<size_t>(spec.layer)] : nullptr;
  const bool llama = config_.family == Family::Llama;
  switch (spec.role) {
    case TensorRole::Query:
      return toWeight(layer->qkv, headPacking(0));
    case TensorRole::Key:
      return toWeight(layer->qkv, headPacking(config_.heads));
    case TensorRole::Value:
      return toWeight(layer->qkv, headPacking(config_.heads + config_.kvHeads));
    case TensorRole::AttentionOutput:
      return spec.bias ? plainVector(layer->outBias) : toWeight(layer->out, Packing{});
    case TensorRole::Gate:
      return toWeight(layer->up, {RowOrder::Gate});
    case TensorRole::Up:
      return toWeight(layer->up, llama ? Packing{RowOrder::Up} : Packing{});
    case TensorRole::Down:
      return spec.bias ? plainVector(layer->downBias) : toWeight(layer->down, Packing{});
    case TensorRole::AttentionNorm:
      return plainVector(spec.bias ? layer->attentionNorm.bias : layer->attentionNorm.weight);
    case TensorRole::MlpNorm:
      return plainVector(layer->mlpNorm.weight);
    case TensorRole::FinalNorm:
      return plainVector(spec.bias ? finalNorm_.bias : finalNorm_.weight);
    case TensorRole::Head:
      return spec.bias ? plainVector(headBias_) : toWeight(head_, Packing{});
    case TensorRole::Embedding:
      packTable(embedding_, type, source, static_cast<int>(spec.shape[0]),
                static_cast<int>(spec.shape[1]), nullptr);
      if (!config_.tiedEmbeddings) return;
      const TensorPart rows = flover::partOf(spec, rank_, ranks_);
      Source own = source;
      own.firstRow = rows.rows.begin;
      return putWeight(head_, Packing{}, false, rows, own);
  }
}

namespace {

// Elements of a part are counted from the start of the whole tensor, a vector's along its one row.
Source sourceOf(const TensorSpec& spec, const TensorPart& part) {
  Source source;
  source.wholeColumns = spec.shape.back();
  const bool vector = spec.shape.size() == 1;
  source.firstRow = vector ? 0 : part.rows.begin;
  source.firstColumn = vector ? part.rows.begin : part.columns.begin;
  return source;
}

}  // namespace

void Model::load(const TensorSpec& spec, DataType type, const void* data) {
  const TensorPart part = partOf(spec);
  const size_t element = bytesPerElement(type),
               bytes = static_cast<size_t>(part.elements()) * element;
  if (staging_.bytes() < bytes) {
    staging_ = DeviceBuffer();
    staging_ = DeviceBuffer(bytes);
  }
  const size_t width = static_cast<size_t>(part.columns.size()) * element;
  const size_t pitch = static_cast<size_t>(part.wholeColumns) * element;
  const char* from =
      static_cast<const char*>(data) + static_cast<size_t>(part.wholeIndex(0, 0)) * element;
  if (width == pitch) {
    FLOVER_CUDA(cudaMemcpy(staging_.as(), from, bytes, cudaMemcpyHostToDevice));
  } else {
    FLOVER_CUDA(cudaMemcpy2D(staging_.as(), width, from, pitch, width,
                             static_cast<size_t>(part.rows.size()), cudaMemcpyHostToDevice));
  }
  Source source = sourceOf(spec, part);
  source.data = staging_.as();
  source.type = type;
  source.dataIsWhole = part.elements() == elements(spec);
  put(spec, source);
  FLOVER_CUDA(cudaStreamSynchronize(nullptr));
}

void Model::synthesize(uint64_t seed) {
  for (const TensorSpec& spec : tensorTable(whole_)) {
    Source source = sourceOf(spec, partOf(spec));
    source.key = syntheticKey(spec.name, seed);
    source.offset = isNorm(spec.role) && !spec.bias ? 1.0f : 0.0f;
    put(spec, source);
  }
  FLOVER_CUDA(cudaStreamSynchronize(nullptr));
}

void Model::ready() { staging_ = DeviceBuffer(); }

}  // namespace flover::cuda
