// A model's weights on the CPU: matrices packed for streaming, vectors in fp32 (rounded to the
// model's type first).
#pragma once
#include <vector>

#include "flover/tensors.h"
#include "packed-matrix.h"

namespace flover::cpu {

struct LayerWeights {
  PackedMatrix query, key, value, output, gate, up, down;
  std::vector<float> queryBias, keyBias, valueBias, outputBias, upBias, downBias;
  std::vector<float> attentionNorm, attentionNormBias, mlpNorm;
};

class Weights {
 public:
  Weights(const ModelConfig& model, ThreadPool& pool);

  void load(const std::string& name, DataType type, const std::vector<int64_t>& shape,
            const void* data);
  void synthesize(uint64_t seed);
  void ready();  // throws "tensor-missing"
  bool isReady() const { return ready_; }

  const LayerWeights& layer(int32_t index) const { return layers_[static_cast<size_t>(index)]; }
  const PackedMatrix& embedding() const { return embedding_; }
  const PackedMatrix& head() const { return model_.tiedEmbeddings ? embedding_ : head_; }
  const float* headBias() const { return headBias_.empty() ? nullptr : headBias_.data(); }
  const std::vector<float>& finalNorm() const { return finalNorm_; }
  const std::vector<float>& finalNormBias() const { return finalNormBias_; }
  static int64_t bytesFor(const ModelConfig& model);

 private:
  PackedMatrix& matrix(const TensorSpec& spec);
  std::vector<float>& vector(const TensorSpec& spec);

  ModelConfig model_;
  ThreadPool& pool_;
  LoadLedger ledger_;
  bool ready_ = false;
  PackedMatrix embedding_, head_;
  std::vector<float> headBias_, finalNorm_, finalNormBias_;
  std::vector<LayerWeights> layers_;
};

}  // namespace flover::cpu
