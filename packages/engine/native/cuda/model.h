// A rank's weights on the device, in the order of the product kernels; shared by all lanes.
#pragma once
#include <string>
#include <vector>

#include "flover/model.h"
#include "flover/tensors.h"
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
  Model(const ModelConfig& config, const RankConfig& rank, bool hopper, int ropePositions);

  void load(const std::string& name, DataType type, const std::vector<int64_t>& shape,
            const void* data);
  void synthesize(uint64_t seed);
  // Throws unless every tensor is there; frees what loading needed.
  void ready();

  const ModelConfig& config() const { return config_; }
  const std::vector<LayerWeights>& layers() const { return layers_; }
  const Weight& head() const { return head_; }
  const float* headBias() const { return headBias_; }
  const NormWeights& finalNorm() const { return finalNorm_; }
  const void* embedding() const { return embedding_; }
  const float2* rope() const { return rope_; }
  bool hopper() const { return hopper_; }
  int64_t bytes() const { return bytes_; }

 private:
  void* allocate(size_t bytes);
  float* vector(int elements) {
    return static_cast<float*>(allocate(static_cast<size_t>(elements) * 4));
  }
  Weight weight(int rows, int columns, bool maySplit);
  void put(const TensorSpec& spec, const Source& source);
  void putWeight(const Weight& weight, const Packing& packing, const TensorSpec& spec,
                 const Source& source);
  Packing headPacking(int firstHead) const;

  ModelConfig config_;
  RankConfig rank_;
  bool hopper_;
  LoadLedger ledger_;
  std::vector<DeviceBuffer> buffers_;
  DeviceBuffer staging_;
  std::vector<LayerWeights> layers_;
  Weight head_;
  const float* headBias_ = nullptr;
  NormWeights finalNorm_;
  void* embedding_ = nullptr;
  const float2* rope_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace flover::cuda
