// Copies of KV between blocks and to and from host memory: live tokens only, all layers, heads,
// keys and values in one kernel.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

namespace flover::cuda {

// Keys or values of all layers: [layer][block][kvHead][token in block][stride].
struct KvPool {
  char* keys = nullptr;
  char* values = nullptr;
  int64_t layerBytes = 0;
  int64_t blockBytes = 0;
  int64_t headBytes = 0;  // blockTokens tokens
  int tokenBytes = 0;
  int layers = 0, kvHeads = 0;
};

struct BlockCopy {
  int32_t from, to, tokens;
};

constexpr int kCopiesPerLaunch = 64;
struct BlockCopies {
  BlockCopy list[kCopiesPerLaunch];
  int count = 0;
};

// Copies the first `tokens` tokens of each block of `from` to the block of `to`; bytes moved: twice
// those of the tokens. No block may be written that another copy of the launch reads.
void copyBlocks(const KvPool& from, const KvPool& to, const BlockCopies& copies,
                cudaStream_t stream);

}  // namespace flover::cuda
