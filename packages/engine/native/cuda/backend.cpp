#include "backend.h"

#include <algorithm>
#include <set>

#include "bounds.h"
#include "device-names.h"
#include "device.h"
#include "world-lane.h"

namespace flover::cuda {

namespace {

// Tokens of one pass: prompts in long passes where attention has tiles of queries, else in short
// ones.
constexpr int kLongPass = 512;
constexpr int kShortPass = 64;

}  // namespace

CudaBackend::CudaBackend(const EngineConfig& config)
    : config_(config), world_(config), table_(config), ledger_(config.model) {
  ended_.assign(static_cast<size_t>(config.lanes), 0);  // works may come before the clock starts
  for (int32_t slot = config.maxSequences - 1; slot >= 0; --slot) freeSlots_.push_back(slot);
  for (int32_t block = config.hostBlocks - 1; block >= 0; --block) freeHostBlocks_.push_back(block);
  Lane::Limits limits;
  const bool tiles = world_[0].shared.tiles;
  const int longest = tiles ? kLongPass : kShortPass;
  limits.capacity =
      std::max(std::min(config.maxRowTokens, longest), std::min(config.maxSequences, kShortPass));
  limits.singles = tiles ? std::max(std::min(config.maxSequences, longest), kShortPass) : longest;
  limits.sequences = config.maxSequences;
  limits.blocksPerSequence =
      (config.maxSequenceTokens + config.blockTokens - 1) / config.blockTokens;
  for (int32_t lane = 0; lane < config.lanes; ++lane)
    lanes_.push_back(std::make_unique<WorldLane>(world_, config, lane, limits));
  world_.each([&](Rank& rank) {
    if (rank.index == 0) clockScratch_ = PinnedBuffer(sizeof(Record));
    FLOVER_CUDA(cudaDeviceSynchronize());
  });
}

CudaBackend::~CudaBackend() {
  // Before a device is waited for that waits for a rank which will not come.
  if (world_.failure().raised())
    for (const auto& lane : lanes_) lane->abandon();
  world_.release([](Rank&) {
    cudaDeviceSynchronize();
    cudaGetLastError();
  });
}

DeviceInfo CudaBackend::device() const {
  DeviceInfo info;
  info.backend = "cuda";
  info.name = world_[0].properties.name;
  std::set<int32_t> devices;
  for (size_t i = 0; i < world_.size(); ++i) {
    if (!devices.insert(world_[i].device).second) continue;
    size_t freeBytes = 0, totalBytes = 0;
    FLOVER_CUDA(cudaSetDevice(world_[i].device));
    FLOVER_CUDA(cudaMemGetInfo(&freeBytes, &totalBytes));
    info.memoryBytes += static_cast<int64_t>(totalBytes);
    info.freeBytes += static_cast<int64_t>(freeBytes);
  }
  FLOVER_CUDA(cudaSetDevice(world_[0].device));
  int driver = 0;
  FLOVER_CUDA(cudaDriverGetVersion(&driver));
  const cudaDeviceProp& properties = world_[0].properties;
  info.detail = "compute capability " + std::to_string(properties.major) + "." +
                std::to_string(properties.minor) + ", " +
                std::to_string(properties.multiProcessorCount) +
                " multiprocessors, driver for CUDA " + std::to_string(driver / 1000) + "." +
                std::to_string(driver % 1000 / 10);
  if (world_.size() > 1) {
    info.detail +=
        ", " + std::to_string(devices.size()) + (devices.size() == 1 ? " device" : " devices");
  }
  if (world_.waitLimits().shared) info.detail += " for " + std::to_string(world_.size()) + " ranks";
  return info;
}

void CudaBackend::loadTensor(const std::string& name, DataType type,
                             const std::vector<int64_t>& shape, const void* data) {
  const TensorSpec* spec = ledger_.accept(name, type, shape, data);
  if (spec) world_.each([&](Rank& rank) { rank.model->load(*spec, type, data); });
}

void CudaBackend::synthesize(uint64_t seed) {
  ledger_.acceptAll();
  world_.each([&](Rank& rank) { rank.model->synthesize(seed); });
}

void CudaBackend::ready() {
  ledger_.complete();
  headBias_.resize(world_[0].model->headBias() ? config_.model.vocabulary : 0);
  world_.each([&](Rank& rank) {
    rank.model->ready();
    if (rank.index > 0 || headBias_.empty()) return;
    FLOVER_CUDA(cudaMemcpy(headBias_.data(), rank.model->headBias(), headBias_.size() * 4,
                           cudaMemcpyDeviceToHost));
  });
  for (size_t i = 0; i < lanes_.size(); ++i)
    lanes_[i]->capture(i == 0 ? std::min(config_.maxSequences, 64) : 1);
  isReady_ = true;
}

void CudaBackend::startClock() {
  world_.each([&](Rank& rank) {
    if (rank.index == 0) clock_.start(clockScratch_.as<Record>(), lanes_[0]->stream(0));
  });
  ended_.assign(lanes_.size(), 0);
}

void CudaBackend::add(const SequenceConfig& config) {
  checkWords(config);
  table_.add(config);
  const int32_t slot = freeSlots_.back();
  freeSlots_.pop_back();
  slots_[config.id] = slot;
  if (config.groupIndex == 0) return;
  // Its prompt goes through the model as the first of its group's: give it the tokens for its
  // penalties. No work that names it comes to the rank before.
  const int32_t spare =
      config.group == GroupKind::Beams ? config.groupWidth * blocksPerSequence() : 0;
  world_.give([this, slot, spare, prompt = config.prompt](size_t r) {
    uploadHistory(world_[r], slot, 0, prompt, cudaStreamLegacy);
    FLOVER_CUDA(cudaStreamSynchronize(cudaStreamLegacy));
    if (spare > 0) world_[r].kv->spare(spare);
  });
}

void CudaBackend::release(int32_t id) {
  table_.release(id);
  const auto found = slots_.find(id);
  freeSlots_.push_back(found->second);
  slots_.erase(found);
  dropHostBlocks(id);
  kept_.erase(id);
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

void CudaBackend::uploadHistory(Rank& rank, int32_t slot, int32_t position,
                                std::span<const int32_t> tokens, cudaStream_t stream) {
  int32_t* to = rank.history.as<int32_t>() +
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
          },
          cuda::deviceNames};
}

}  // namespace flover
