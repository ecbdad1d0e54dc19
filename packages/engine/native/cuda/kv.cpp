#include "kv.h"

#include "attention.h"
#include "flover/tensors.h"

namespace flover::cuda {

int64_t KvStore::bytesFor(const EngineConfig& config, int64_t blocks) {
  const ModelConfig& m = config.model;
  return int64_t{2} * m.layers * m.kvHeads * headStride(m.headDim) *
         static_cast<int64_t>(bytesPerElement(m.dataType)) * config.blockTokens * blocks;
}

KvPool KvStore::shape(const EngineConfig& config, int64_t blocks) const {
  const ModelConfig& m = config.model;
  KvPool pool;
  pool.layers = m.layers;
  pool.kvHeads = m.kvHeads;
  pool.tokenBytes = stride_ * static_cast<int>(bytesPerElement(m.dataType));
  pool.headBytes = int64_t{pool.tokenBytes} * blockTokens_;
  pool.blockBytes = pool.headBytes * m.kvHeads;
  pool.layerBytes = pool.blockBytes * blocks;
  return pool;
}

KvStore::KvStore(const EngineConfig& config)
    : blockTokens_(config.blockTokens),
      stride_(headStride(config.model.headDim)),
      config_(config),
      memory_(static_cast<size_t>(bytesFor(config, config.blocks))),
      hostMemory_(static_cast<size_t>(bytesFor(config, config.hostBlocks))) {
  device_ = shape(config, config.blocks);
  device_.keys = memory_.as<char>();
  device_.values = device_.keys + memory_.bytes() / 2;
  host_ = shape(config, config.hostBlocks);
  host_.keys = hostMemory_.as<char>();
  host_.values = host_.keys + hostMemory_.bytes() / 2;
}

const KvPool& KvStore::spare(int blocks) {
  if (blocks > spareBlocks_) {
    FLOVER_CUDA(cudaDeviceSynchronize());
    spareMemory_ = DeviceBuffer();
    spareMemory_ = DeviceBuffer(static_cast<size_t>(bytesFor(config_, blocks)));
    spare_ = shape(config_, blocks);
    spare_.keys = spareMemory_.as<char>();
    spare_.values = spare_.keys + spareMemory_.bytes() / 2;
    spareBlocks_ = blocks;
  }
  return spare_;
}

void CopyQueue::add(int32_t from, int32_t to, int32_t tokens) {
  if (tokens == 0 || (from == to && &from_ == &to_)) return;
  bool ordered = copies_.count == kCopiesPerLaunch;
  for (int i = 0; i < copies_.count && !ordered; ++i) {
    const BlockCopy& other = copies_.list[i];
    ordered = other.to == to || (&from_ == &to_ && (other.to == from || other.from == to));
  }
  if (ordered) flush();
  copies_.list[copies_.count++] = {from, to, tokens};
}

void CopyQueue::flush() {
  copyBlocks(from_, to_, copies_, stream_);
  copies_.count = 0;
}

}  // namespace flover::cuda
