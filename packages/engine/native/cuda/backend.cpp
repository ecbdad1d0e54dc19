#include "backend.h"

#include <algorithm>

#include "device.h"

namespace flover::cuda {

namespace {

// Tokens of one pass: prompts in long passes where attention has tiles of queries, else in short
// ones.
constexpr int kLongPass = 512;
constexpr int kShortPass = 64;

}  // namespace

CudaBackend::CudaBackend(const EngineConfig& config)
    : properties_(selectDevice(config)), config_(config), table_(config) {
  checkMemory(config);
  hopper_ = hopperProducts(properties_.major);
  prepareProducts(hopper_);
  prepareAttentionTokens();
  prepareAttentionTiles();
  model_ = std::make_unique<Model>(config.model, config.world.ranks.front(), hopper_,
                                   config.maxSequenceTokens);
  kv_ = std::make_unique<KvStore>(config);
  history_ =
      DeviceBuffer(static_cast<size_t>(config.maxSequences) * (config.maxSequenceTokens + 1) * 4);
  for (int32_t slot = config.maxSequences - 1; slot >= 0; --slot) freeSlots_.push_back(slot);
  for (int32_t block = config.hostBlocks - 1; block >= 0; --block) freeHostBlocks_.push_back(block);
  Shared shared;
  shared.model = model_.get();
  shared.kv = kv_.get();
  shared.history = history_.as<int32_t>();
  shared.historyStride = config.maxSequenceTokens + 1;
  shared.multiprocessors = properties_.multiProcessorCount;
  shared.maxSequenceTokens = config.maxSequenceTokens;
  Lane::Limits limits;
  const int longest = Forward::tiles(config.model) ? kLongPass : kShortPass;
  limits.capacity =
      std::max(std::min(config.maxRowTokens, longest), std::min(config.maxSequences, kShortPass));
  limits.singles = Forward::tiles(config.model)
                       ? std::max(std::min(config.maxSequences, longest), kShortPass)
                       : longest;
  limits.sequences = config.maxSequences;
  limits.blocksPerSequence =
      (config.maxSequenceTokens + config.blockTokens - 1) / config.blockTokens;
  const Sharing sharing = laneSharing(properties_);
  for (int32_t lane = 0; lane < config.lanes; ++lane) {
    lanes_.push_back(std::make_unique<Lane>(shared, limits, sharing));
  }
  clockScratch_ = PinnedBuffer(sizeof(Record));
  FLOVER_CUDA(cudaDeviceSynchronize());
}

CudaBackend::~CudaBackend() {
  cudaDeviceSynchronize();
  cudaGetLastError();
}

DeviceInfo CudaBackend::device() const {
  size_t freeBytes = 0, totalBytes = 0;
  FLOVER_CUDA(cudaMemGetInfo(&freeBytes, &totalBytes));
  int driver = 0;
  FLOVER_CUDA(cudaDriverGetVersion(&driver));
  DeviceInfo info;
  info.backend = "cuda";
  info.name = properties_.name;
  info.memoryBytes = static_cast<int64_t>(totalBytes);
  info.freeBytes = static_cast<int64_t>(freeBytes);
  info.detail = "compute capability " + std::to_string(properties_.major) + "." +
                std::to_string(properties_.minor) + ", " +
                std::to_string(properties_.multiProcessorCount) +
                " multiprocessors, driver for CUDA " + std::to_string(driver / 1000) + "." +
                std::to_string(driver % 1000 / 10);
  return info;
}

void CudaBackend::ready() {
  model_->ready();
  for (size_t i = 0; i < lanes_.size(); ++i)
    lanes_[i]->capture(i == 0 ? std::min(config_.maxSequences, 64) : 1);
  isReady_ = true;
}

void CudaBackend::add(const SequenceConfig& config) {
  table_.add(config);
  const int32_t slot = freeSlots_.back();
  freeSlots_.pop_back();
  slots_[config.id] = slot;
  if (config.groupIndex == 0) return;
  // Its prompt goes through the model as the first of its group's: give it the tokens for its
  // penalties.
  uploadHistory(slot, 0, config.prompt, cudaStreamLegacy);
  FLOVER_CUDA(cudaStreamSynchronize(cudaStreamLegacy));
  if (config.group == GroupKind::Beams) kv_->spare(config.groupWidth * blocksPerSequence());
}

void CudaBackend::release(int32_t id) {
  table_.release(id);
  const auto found = slots_.find(id);
  freeSlots_.push_back(found->second);
  slots_.erase(found);
  dropHostBlocks(id);
  kept_.erase(id);
}

SequenceResult CudaBackend::result(int32_t id) const {
  const Sequence& sequence = table_.find(id);
  if (sequence.plan.queuedWorks > 0) {
    throw Error("sequence-busy", "the result of sequence " + std::to_string(id) +
                                     " is asked for while a queued work names it");
  }
  if (sequence.beams) return sequence.beams->result(sequence.config.groupIndex);
  SequenceResult result;
  result.tokens.assign(
      sequence.tokens.begin() + static_cast<ptrdiff_t>(sequence.config.prompt.size()),
      sequence.tokens.end());
  result.logProbs = sequence.logProbs;
  for (const float logProb : result.logProbs) result.score += logProb;
  return result;
}

std::vector<float> CudaBackend::logits(int32_t sequence) const {
  const auto found = kept_.find(sequence);
  if (found == kept_.end()) {
    throw Error("logits-unknown",
                "no logits of sequence " + std::to_string(sequence) + " were kept",
                "call keepLogits(true) before the work is launched");
  }
  return found->second;
}

void CudaBackend::uploadHistory(int32_t slot, int32_t position, std::span<const int32_t> tokens,
                                cudaStream_t stream) {
  int32_t* to = history_.as<int32_t>() +
                static_cast<int64_t>(slot) * (config_.maxSequenceTokens + 1) + position;
  FLOVER_CUDA(
      cudaMemcpyAsync(to, tokens.data(), tokens.size() * 4, cudaMemcpyHostToDevice, stream));
}

void CudaBackend::dropHostBlocks(int32_t id) {
  const auto found = hostBlocks_.find(id);
  if (found == hostBlocks_.end()) return;
  freeHostBlocks_.insert(freeHostBlocks_.end(), found->second.begin(), found->second.end());
  hostBlocks_.erase(found);
}

}  // namespace flover::cuda

namespace flover {

BackendEntry cudaBackend() {
  return {"cuda", [] { return cuda::unavailable(); },
          [](const EngineConfig& config) -> std::unique_ptr<Backend> {
            return std::make_unique<cuda::CudaBackend>(config);
          }};
}

}  // namespace flover
