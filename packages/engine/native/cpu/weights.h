// A rank's weights on the CPU: matrices packed for streaming, vectors in fp32 (rounded to the
// model's type first).
#pragma once
#include <vector>

#include "flover/shards.h"
#include "packed-matrix.h"

namespace flover::cpu {

struct LayerWeights {
  PackedMatrix query, key, value, output, gate, up, down;
  std::vector<float> queryBias, keyBias, valueBias, outputBias, upBias, downBias;
  std::vector<float> attentionNorm, attentionNormBias, mlpNorm;
};

class Weights {
 public:
  // Of the whole model, the parts of one rank.
  Weights(const ModelConfig& whole, int32_t rank, int32_t worldSize, ThreadPool& pool);

  // Takes this rank's part of a whole tensor, or of its synthetic stream.
  void load(const TensorSpec& spec, DataType type, const void* whole);
  void synthesize(const TensorSpec& spec, uint64_t seed);

  const LayerWeights& layer(int32_t index) const { return layers_[static_cast<size_t>(index)]; }
  const PackedMatrix& embedding() const { return embedding_; }
  const PackedMatrix& head() const { return model_.tiedEmbeddings ? embedding_ : head_; }
  const float* headBias() const { return headBias_.empty() ? nullptr : headBias_.data(); }
  const std::vector<float>& finalNorm() const { return finalNorm_; }
  const std::vector<float>& finalNormBias() const { return finalNormBias_; }

 private:
  PackedMatrix& matrix(const TensorSpec& spec);
  std::vector<float>& vector(const TensorSpec& spec);

  const ModelConfig model_;
  const int32_t rank_, worldSize_;
  ThreadPool& pool_;
  PackedMatrix embedding_, head_;
  std::vector<float> headBias_, finalNorm_, finalNormBias_;
  std::vector<LayerWeights> layers_;
};

}  // namespace flover::cpu
