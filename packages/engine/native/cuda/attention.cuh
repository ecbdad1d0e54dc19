// Where both attention kernels find a key.
#pragma once
#include "attention.h"

namespace flover::cuda {

// The entry of a sequence's block table that this position is in.
__device__ __forceinline__ int blockIndex(const Attention& a, int position) {
  return a.blockDivider ? __umulhi(position, a.blockDivider) : position;
}

// The key's row among all rows of `stride` elements: [block][kvHead][token in block].
__device__ __forceinline__ int keyRow(const Attention& a, int block, int kvHead, int position,
                                      int index) {
  return (block * a.kvHeads + kvHead) * a.blockTokens + position - index * a.blockTokens;
}

}  // namespace flover::cuda
