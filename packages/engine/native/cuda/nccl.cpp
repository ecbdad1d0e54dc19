#include "nccl.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "flover/error.h"
#include "flover/shards.h"
#include "nccl-library.h"

namespace flover::cuda {

NcclId NcclCommunicator::makeId() {
  NcclLibrary::Id raw = {};
  checkNccl(ncclLibrary().getUniqueId(&raw), "ncclGetUniqueId");
  NcclId id;
  std::memcpy(id.data(), raw.bytes, id.size());
  return id;
}

NcclCommunicator::NcclCommunicator(const ModelConfig& model, int rank, int ranks, const NcclId& id,
                                   Failure& failure)
    : model_(model), rank_(rank), ranks_(ranks), failure_(failure) {
  mostLogits_ = static_cast<int>(partOf(model.vocabulary, 0, ranks).size());
  NcclLibrary::Id raw;
  std::memcpy(raw.bytes, id.data(), id.size());
  void* communicator = nullptr;
  checkNccl(ncclLibrary().commInitRank(&communicator, ranks, raw, rank), "ncclCommInitRank");
  communicator_ = communicator;
}

NcclCommunicator::~NcclCommunicator() {
  if (failure_.raised()) abandon();
  if (abort_.joinable()) abort_.join();
  if (communicator_) ncclLibrary().commDestroy(communicator_);
}

// An abort ends the kernels that wait, and returns when the last graph is gone that was captured
// with this communicator: those are destroyed after it has begun.
void NcclCommunicator::abandon() {
  // A call that launches waits where the device's queue is full, and only the abort may empty it:
  // so whoever is in one is not waited for long.
  const std::unique_lock lock(mutex_, std::chrono::seconds(1));
  void* communicator = communicator_.exchange(nullptr);
  if (communicator) abort_ = std::thread(ncclLibrary().commAbort, communicator);
}

void NcclCommunicator::allocate(const LaneShape& shape) {
  shape_ = shape;
  const size_t sums = static_cast<size_t>(shape.capacity) * model_.hidden;
  const size_t logits = static_cast<size_t>(shape.logitRows) * mostLogits_;
  parts_ = DeviceBuffer(static_cast<size_t>(ranks_) * std::max(sums, logits) * 4);
}

// The first call makes NCCL's own memory, which a capture must not.
void NcclCommunicator::connect(const std::vector<Communicator*>&) {
  gather(1, nullptr);
  cudaError_t status = cudaErrorNotReady;
  while ((status = cudaStreamQuery(nullptr)) == cudaErrorNotReady) {
    if (failure_.raised()) abandon(), failure_.rethrow();
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  FLOVER_CUDA(status);
}

void NcclCommunicator::gather(size_t each, cudaStream_t stream) {
  float* own = parts_.as<float>() + static_cast<size_t>(rank_) * each;
  const std::lock_guard lock(mutex_);
  void* communicator = communicator_;
  if (!communicator)
    throw Error("nccl-failed", "the run of this communicator was abandoned", "open a new engine");
  checkNccl(
      ncclLibrary().allGather(own, parts_.as(), each, NcclLibrary::kFloat32, communicator, stream),
      "ncclAllGather");
}

void NcclCommunicator::addNorm(const RankSums& sums, cudaStream_t stream) {
  Link link;
  link.rank = rank_;
  link.size = ranks_;
  link.shareRows = tokens_;
  link.shares[rank_] = parts_.as<float>();
  shareSums(sums, link, 0, true, stream);
  gather(static_cast<size_t>(tokens_) * model_.hidden, stream);
  Partials all;
  all.data = parts_.as<float>();
  all.splits = ranks_;
  all.tokens = tokens_;
  all.bias = sums.bias;
  flover::cuda::addNorm(all, {}, sums.norm, sums.residual, sums.to, sums.gather, sums.hidden,
                        sums.rows, sums.type, stream);
}

LogitPart NcclCommunicator::logitPart(int rows) {
  return {parts_.as<float>() + static_cast<size_t>(rank_) * rows * mostLogits_, mostLogits_};
}

void NcclCommunicator::gatherLogits(const PassHeader*, int rows, cudaStream_t stream) {
  gather(static_cast<size_t>(rows) * mostLogits_, stream);
  spreadLogits(parts_.as<float>(), mostLogits_, shape_.logits, rows, ranks_, model_.vocabulary,
               stream);
}

}  // namespace flover::cuda
