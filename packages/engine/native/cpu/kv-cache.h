// A rank's keys and values by blocks: for each layer, keys then values,
// [block][kvHead][token][headStride] in the model's type, heads padded to whole lanes with zeros.
// Blocks from `blocks` on are scratch for dead rows.
#pragma once
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "flover/model.h"
#include "memory.h"

namespace flover::cpu {

class KvCache {
 public:
  KvCache(const EngineConfig& config, int32_t scratchBlocks);

  int32_t headStride() const { return headStride_; }
  int32_t blockTokens() const { return blockTokens_; }
  DataType type() const { return type_; }

  // The first element of a head of a block: tokens follow at headStride.
  std::byte* keys(int32_t layer, int32_t block, int32_t head) const {
    return at(2 * layer, block, head);
  }
  std::byte* values(int32_t layer, int32_t block, int32_t head) const {
    return at(2 * layer + 1, block, head);
  }

  // Copies the first tokens of a block to another block.
  void copyBlock(int32_t from, int32_t to, int32_t tokens);
  // Copies tokens [begin, end) between two sequences' block tables.
  void copyTokens(std::span<const int32_t> from, std::span<const int32_t> to, int32_t begin,
                  int32_t end);
  // Tokens [begin, end) to and from a plain run of bytes, which is resized as needed.
  void exportTokens(std::span<const int32_t> blocks, int32_t begin, int32_t end,
                    std::vector<std::byte>& out) const;
  void importTokens(std::span<const int32_t> blocks, int32_t begin, int32_t end,
                    const std::vector<std::byte>& in);

 private:
  std::byte* at(int32_t plane, int32_t block, int32_t head) const {
    return buffer_.bytes() + (static_cast<size_t>(plane) * planeHeads_ +
                              static_cast<size_t>(block) * kvHeads_ + head) *
                                 headBytes_;
  }
  template <typename Visit>
  void forRuns(std::span<const int32_t> blocks, int32_t begin, int32_t end, Visit visit) const;

  int32_t layers_, kvHeads_, headStride_, blockTokens_;
  DataType type_;
  size_t planeHeads_;  // heads of all blocks in one layer's keys
  size_t headBytes_;   // one head of one block
  size_t rowBytes_;    // one head of one token
  Buffer buffer_;
};

}  // namespace flover::cpu
