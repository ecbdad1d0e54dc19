// The KV blocks of an engine on the device and in host memory, and who copies between them.
#pragma once
#include <vector>

#include "copy.h"
#include "flover/model.h"
#include "memory.h"

namespace flover::cuda {

class KvStore {
 public:
  explicit KvStore(const EngineConfig& config);

  const KvPool& device() const { return device_; }
  const KvPool& host() const { return host_; }
  // Blocks for beams on their way from one to another; made when first asked for.
  const KvPool& spare(int blocks);
  void* keys(int layer) const { return device_.keys + layer * device_.layerBytes; }
  void* values(int layer) const { return device_.values + layer * device_.layerBytes; }
  int blockTokens() const { return blockTokens_; }
  int stride() const { return stride_; }
  // Keys and values of one token in all layers, padding of the head's dimension left out.
  int64_t tokenBytes() const {
    return int64_t{2} * device_.layers * device_.kvHeads * device_.tokenBytes / stride_ *
           config_.model.headDim;
  }

  static int64_t bytesFor(const EngineConfig& config, int64_t blocks);

 private:
  KvPool shape(const EngineConfig& config, int64_t blocks) const;
  int blockTokens_ = 0;
  int stride_ = 0;
  EngineConfig config_;
  DeviceBuffer memory_, spareMemory_;
  PinnedBuffer hostMemory_;
  KvPool device_, host_, spare_;
  int spareBlocks_ = 0;
};

// Collects copies and launches them in as few kernels as their order allows.
class CopyQueue {
 public:
  CopyQueue(const KvPool& from, const KvPool& to, cudaStream_t stream)
      : from_(from), to_(to), stream_(stream) {}
  void add(int32_t from, int32_t to, int32_t tokens);
  void flush();

 private:
  const KvPool& from_;
  const KvPool& to_;
  cudaStream_t stream_;
  BlockCopies copies_;
};

}  // namespace flover::cuda
