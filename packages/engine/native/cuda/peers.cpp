#include "peers.h"

#include <algorithm>
#include <cstddef>

#include "flover/shards.h"

namespace flover::cuda {

void PeerCommunicator::allocate(const LaneShape& shape) {
  shape_ = shape;
  const size_t row = static_cast<size_t>(ranks_) * model_.hidden * 4;
  if (shape.lane == 0) {
    fused_ = DeviceBuffer(3 * kFusedRows * row);
    FLOVER_CUDA(cudaMemset(fused_.as(), 0xff, fused_.bytes()));  // nothing has come
  }
  shares_ = DeviceBuffer(2 * static_cast<size_t>(shape.capacity) * row);
  arrived_ = DeviceBuffer(kMostRanks * 4);
  counter_ = DeviceBuffer(4);
  FLOVER_CUDA(cudaDeviceSynchronize());
}

void PeerCommunicator::connect(const std::vector<Communicator*>& ranks) {
  link_.rank = rank_;
  link_.size = ranks_;
  link_.shared = waitLimits_.shared;
  link_.shareRows = shape_.capacity;
  link_.counter = counter_.as<int>();
  link_.stop = failure_.flag();
  for (size_t r = 0; r < ranks.size(); ++r) {
    const auto& other = static_cast<const PeerCommunicator&>(*ranks[r]);
    link_.fused[r] = other.fused_.as<float>();
    link_.shares[r] = other.shares_.as<float>();
    link_.logits[r] = other.shape_.logits;
    link_.arrived[r] = other.arrived_.as<uint32_t>();
  }
}

void PeerCommunicator::number(PassHeader& header, const PassShape& shape) {
  header.fused = fusedSums_;
  header.fusedRows = fusedRows_;
  header.exchanged = exchanges_;
  const bool logits = shape.logitRows > 0;
  const uint32_t sums =
      static_cast<uint32_t>(model_.layers * (model_.family == Family::Llama ? 2 : 1) - !logits);
  if (fuses(shape) && sums > 0) {
    fusedSums_ = (fusedSums_ + sums) % 3;  // which buffer's turn it is: no overflow skips one
    fusedRows_ = std::max(1, logits ? header.logits : header.tokens);
  } else {
    exchanges_ += sums;
  }
  exchanges_ += logits;
}

void PeerCommunicator::begin(const PassShape& shape) {
  fusing_ = fuses(shape);
  sums_ = exchanged_ = 0;
}

void PeerCommunicator::addNorm(const RankSums& sums, cudaStream_t stream) {
  if (fusing_) return addRankSums(sums, link_, sums_++, stream);
  shareSums(sums, link_, exchanged_, false, stream);
  Partials all;
  all.data = link_.shares[rank_];
  all.splits = ranks_;
  all.tokens = link_.shareRows;
  all.bias = sums.bias;
  all.exchange = reinterpret_cast<const uint32_t*>(reinterpret_cast<const char*>(sums.header) +
                                               offsetof(PassHeader, exchanged));
  all.exchangeOffset = static_cast<uint32_t>(exchanged_++);
  flover::cuda::addNorm(all, {}, sums.norm, sums.residual, sums.to, sums.gather, sums.hidden,
                        sums.rows, sums.type, stream);
}

LogitPart PeerCommunicator::logitPart(int) {
  return {shape_.logits + partOf(model_.vocabulary, rank_, ranks_).begin, model_.vocabulary};
}

void PeerCommunicator::gatherLogits(const PassHeader* header, int rows, cudaStream_t stream) {
  const Range part = partOf(model_.vocabulary, rank_, ranks_);
  shareLogits(header, link_, rows, static_cast<int>(part.begin), static_cast<int>(part.size()),
              model_.vocabulary, exchanged_++, stream);
}

}  // namespace flover::cuda
