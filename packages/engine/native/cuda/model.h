// A rank's weights on the device, in the order of the product kernels; shared by all lanes.
#pragma once
#include <string>
#include <vector>

#include "flover/shards.h"
#include "memory.h"
#include "norm.h"
#include "pack.h"
#include "product.h"

namespace flover::cuda {

struct LayerWeights {
  Weight qkv, out, up, down;  // up: gate and up of LLaMA, fc_in of GPT-J
  NormWeights attentionNorm, mlpNorm;
  const float* outBias = nullptr;
  const float* downBias = nullptr;
};

class Model {
 public:
  Model(const ModelConfig& config, int rank, int ranks, bool hopper, int ropePositions);

  // A whole tensor, of which this rank keeps its part.
  void load(const TensorSpec& spec, DataType type, const void* data);
  void synthesize(uint64_t seed);
  // Frees what loading needed.
  void ready();

  // Heads, key heads and neurons are this rank's own, the vocabulary is whole.
  const ModelConfig& config() const { return config_; }
  const std::vector<LayerWeights>& layers() const { return layers_; }
  const Weight& head() const { return head_; }
  const float* headBias() const { return headBias_; }
  const NormWeights& finalNorm() const { return finalNorm_; }
  const void* embedding() const { return embedding_; }
  const float2* rope() const { return rope_; }
  bool hopper() const { return hopper_; }

 private:
  void* allocate(size_t bytes);
  float* vector(int elements) {
    return static_cast<float*>(allocate(static_cast<size_t>(elements) * 4));
  }
  Weight weight(int rows, int columns, bool maySplit);
  TensorPart partOf(const TensorSpec& spec) const;
  void put(const TensorSpec& spec, const Source& source);
  void putWeight(const Weight& weight, const Packing& packing, bool bias, const TensorPart& part,
                 const Source& source);
  Packing headPacking(int firstHead) const;

  ModelConfig whole_, config_;
  int rank_, ranks_;
  bool hopper_;
  std::vector<DeviceBuffer> buffers_;
  DeviceBuffer staging_;
  std::vector<LayerWeights> layers_;
  Weight head_;
  const float* headBias_ = nullptr;
  NormWeights finalNorm_;
  void* embedding_ = nullptr;
  const float2* rope_ = nullptr;
};

}  // namespace flover::cuda
