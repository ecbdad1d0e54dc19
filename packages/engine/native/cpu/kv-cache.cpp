#include "kv-cache.h"

#include <algorithm>
#include <cstring>

#include "flover/tensors.h"
#include "simd.h"

namespace flover::cpu {

KvCache::KvCache(const EngineConfig& config, int32_t scratchBlocks)
    : layers_(config.model.layers),
      kvHeads_(config.model.kvHeads),
      headStride_((config.model.headDim + kLanes - 1) / kLanes * kLanes),
      blockTokens_(config.blockTokens),
      type_(config.model.dataType),
      planeHeads_(static_cast<size_t>(config.blocks + scratchBlocks) *
                  static_cast<size_t>(kvHeads_)),
      headBytes_(static_cast<size_t>(blockTokens_) * static_cast<size_t>(headStride_) *
                 bytesPerElement(type_)),
      rowBytes_(static_cast<size_t>(headStride_) * bytesPerElement(type_)),
      buffer_(2 * static_cast<size_t>(layers_) * planeHeads_ * headBytes_) {}

void KvCache::copyBlock(int32_t from, int32_t to, int32_t tokens) {
  if (from == to) return;
  for (int32_t plane = 0; plane < 2 * layers_; ++plane) {
    for (int32_t head = 0; head < kvHeads_; ++head) {
      std::memcpy(at(plane, to, head), at(plane, from, head),
                  static_cast<size_t>(tokens) * rowBytes_);
    }
  }
}

// Visits the runs of tokens that lie together: for each plane and head, each block's part of
// [begin, end).
template <typename Visit>
void KvCache::forRuns(std::span<const int32_t> blocks, int32_t begin, int32_t end,
                      Visit visit) const {
  for (int32_t plane = 0; plane < 2 * layers_; ++plane) {
    for (int32_t head = 0; head < kvHeads_; ++head) {
      for (int32_t token = begin; token < end;) {
        const int32_t index = token / blockTokens_, offset = token % blockTokens_;
        const int32_t count = std::min(blockTokens_ - offset, end - token);
        visit(at(plane, blocks[static_cast<size_t>(index)], head) +
                  static_cast<size_t>(offset) * rowBytes_,
              static_cast<size_t>(count) * rowBytes_, plane, head, index, offset);
        token += count;
      }
    }
  }
}

void KvCache::copyTokens(std::span<const int32_t> from, std::span<const int32_t> to, int32_t begin,
                         int32_t end) {
  forRuns(from, begin, end,
          [&](const std::byte* run, size_t bytes, int32_t plane, int32_t head, int32_t index,
              int32_t offset) {
            std::memcpy(at(plane, to[static_cast<size_t>(index)], head) +
                            static_cast<size_t>(offset) * rowBytes_,
                        run, bytes);
          });
}

void KvCache::exportTokens(std::span<const int32_t> blocks, int32_t begin, int32_t end,
                           std::vector<std::byte>& out) const {
  out.resize(2 * static_cast<size_t>(layers_) * static_cast<size_t>(kvHeads_) *
             static_cast<size_t>(end - begin) * rowBytes_);
  std::byte* to = out.data();
  forRuns(blocks, begin, end,
          [&](const std::byte* run, size_t bytes, int32_t, int32_t, int32_t, int32_t) {
            std::memcpy(to, run, bytes);
            to += bytes;
          });
}

void KvCache::importTokens(std::span<const int32_t> blocks, int32_t begin, int32_t end,
                           const std::vector<std::byte>& in) {
  const std::byte* from = in.data();
  forRuns(blocks, begin, end,
          [&](std::byte* run, size_t bytes, int32_t, int32_t, int32_t, int32_t) {
            std::memcpy(run, from, bytes);
            from += bytes;
          });
}

}  // namespace flover::cpu
