#include "world.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "attention.h"
#include "bounds.h"
#include "device.h"
#include "flover/error.h"
#include "flover/shards.h"

namespace flover::cuda {

namespace {

std::vector<std::unique_ptr<Rank>> selectRanks(const EngineConfig& config) {
  selectDevices(config);
  std::vector<std::unique_ptr<Rank>> ranks;
  for (const RankConfig& own : config.world.ranks) {
    auto rank = std::make_unique<Rank>();
    rank->index = own.rank;
    rank->device = own.device;
    FLOVER_CUDA(cudaGetDeviceProperties(&rank->properties, own.device));
    ranks.push_back(std::move(rank));
  }
  return ranks;
}

// With the heads, key heads and neurons of one rank.
EngineConfig configOf(const EngineConfig& config, int32_t rank) {
  EngineConfig own = config;
  own.model = modelOfRank(config.model, rank, config.world.size);
  return own;
}

// Lets the kernels of the thread's device, `own`, reach the memory of `other`. That stays so while
// the process lives, because other engines may count on it, and is asked for once.
void reach(int own, int other) {
  static std::mutex mutex;
  static std::set<std::pair<int, int>> reached;
  const std::lock_guard lock(mutex);
  if (reached.contains({own, other})) return;
  const cudaError_t status = cudaDeviceEnablePeerAccess(other, 0);
  // A library of the same process may have asked before.
  if (status != cudaErrorPeerAccessAlreadyEnabled) FLOVER_CUDA(status);
  cudaGetLastError();
  reached.insert({own, other});
}

}  // namespace

World::World(const EngineConfig& config) : ranks_(selectRanks(config)), failure_(config.world) {
  limitWaiting(config);
  checkMemories(config);
  FLOVER_CUDA(cudaSetDevice(ranks_.front()->device));
  if (size() > 1 && config.world.collective == Collective::OneShot) meet(config);
  for (const auto& rank : ranks_) rank->thread = std::make_unique<RankThread>(rank->device);
  try {
    each([&](Rank& rank) { fill(rank, config); });
  } catch (...) {
    release([](Rank& rank) { rank.model.reset(), rank.kv.reset(), rank.history = DeviceBuffer(); });
    throw;
  }
}

World::~World() {
  release([](Rank& rank) {
    cudaDeviceSynchronize();
    cudaGetLastError();
    rank.model.reset(), rank.kv.reset(), rank.history = DeviceBuffer();
  });
}

void World::limitWaiting(const EngineConfig& config) {
  if (size() == 1) return;
  for (const auto& rank : ranks_) {
    const int multiprocessors = rank->properties.multiProcessorCount;
    const int ranks = static_cast<int>(std::count_if(
        ranks_.begin(), ranks_.end(), [&](const auto& r) { return r->device == rank->device; }));
    const WaitLimits own = waitLimitsFor(multiprocessors, ranks, config.lanes);
    waitLimits_ = {std::min(waitLimits_.lanes, own.lanes),
                   std::min(waitLimits_.fusedRows, own.fusedRows),
                   waitLimits_.shared || own.shared};
    if (config.lanes <= own.lanes) continue;
    throw Error(
        "config-invalid",
        "lanes is " + std::to_string(config.lanes) + "; allowed for " + std::to_string(ranks) +
            (ranks == 1 ? " rank" : " ranks") + " of " + std::to_string(size()) + " on device " +
            std::to_string(rank->device) + " (" + std::to_string(multiprocessors) +
            " multiprocessors): " + (own.lanes > 0 ? "1 to " + std::to_string(own.lanes) : "none"),
        ranks == 1 ? "take fewer lanes" : "take fewer lanes, or fewer ranks a device");
  }
}

// All ranks of a device together.
void World::checkMemories(const EngineConfig& config) const {
  std::map<int, MemoryNeed> needs;
  for (const auto& rank : ranks_) {
    MemoryNeed& need = needs[rank->device];
    need.weights += weightBytesOfRank(config.model, rank->index, config.world.size);
    need.kv += KvStore::bytesFor(configOf(config, rank->index), config.blocks);
    need.ranks += 1;
  }
  for (const auto& [device, need] : needs) {
    FLOVER_CUDA(cudaSetDevice(device));
    checkMemory(need);
  }
}

// Lets every rank's kernels write to the memory of all others.
void World::meet(const EngineConfig& config) {
  for (const auto& own : ranks_) {
    FLOVER_CUDA(cudaSetDevice(own->device));
    for (const auto& other : ranks_) {
      if (own->device == other->device) continue;
      int can = 0;
      FLOVER_CUDA(cudaDeviceCanAccessPeer(&can, own->device, other->device));
      if (!can) {
        throw Error("peers-apart",
                    "device " + std::to_string(own->device) +
                        " cannot reach the memory of device " + std::to_string(other->device) +
                        ", which the one-shot collective needs",
                    "choose the nccl collective, or devices linked by NVLink");
      }
      reach(own->device, other->device);
    }
  }
  FLOVER_CUDA(cudaSetDevice(config.world.ranks.front().device));
}

void World::fill(Rank& rank, const EngineConfig& config) {
  FLOVER_CUDA(cudaSetDevice(rank.device));
  const bool hopper = hopperProducts(rank.properties.major);
  prepareProducts(hopper);
  prepareAttentionTokens();
  prepareAttentionTiles();
  rank.model = std::make_unique<Model>(config.model, rank.index, config.world.size, hopper,
                                       config.maxSequenceTokens);
  rank.kv = std::make_unique<KvStore>(configOf(config, rank.index));
  rank.history =
      DeviceBuffer(static_cast<size_t>(config.maxSequences) * (config.maxSequenceTokens + 1) * 4);
  rank.shared.model = rank.model.get();
  rank.shared.kv = rank.kv.get();
  rank.shared.history = rank.history.as<int32_t>();
  rank.shared.historyStride = config.maxSequenceTokens + 1;
  rank.shared.multiprocessors = rank.properties.multiProcessorCount;
  rank.shared.maxSequenceTokens = config.maxSequenceTokens;
  // All ranks cut a work alike.
  rank.shared.tiles = std::all_of(ranks_.begin(), ranks_.end(), [&](const auto& r) {
    return canAttendTiles(config.model.dataType, headStride(config.model.headDim),
                          r->properties.sharedMemPerBlockOptin);
  });
}

}  // namespace flover::cuda
