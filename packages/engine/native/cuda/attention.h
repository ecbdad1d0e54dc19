// Attention over block tables: keys and values of a sequence in blocks [block][kvHead][token in
// block][stride].
#pragma once
#include <cuda_runtime.h>

#include "flover/model.h"
#include "layout.cuh"
#include "plan.h"

namespace flover::cuda {

struct Attention {
  const PassHeader* header = nullptr;
  const KeyUnit* items = nullptr;
  const int* rowBlocks = nullptr;
  const QueryTile* tiles = nullptr;
  const void* queries = nullptr;  // [token][head][stride]
  const void* keys = nullptr;     // this layer's
  const void* values = nullptr;
  float* partials = nullptr;  // [token][head][chunk][stride + 8]
  int* counters = nullptr;    // [token][head], zero between launches
  int* tickets = nullptr;     // units given out beyond one a block; this layer's, zero before
  void* x = nullptr;          // right-hand side of the output product
  ActivationLayout layout;
  int heads = 0, kvHeads = 0, headDim = 0, stride = 0;
  int rowBlocksStride = 0, blockTokens = 0;
  int maxChunks = 0;
  uint32_t blockDivider = 0;  // of bounds.h
  float scale = 0;            // of scores, log2(e) included
  int share = 0;  // multiprocessors to take at most, where others have work beside it; 0: all
};

// Blocks of attention of single tokens that a multiprocessor takes at once.
constexpr int kAttentionBlocks = 3;

// Elements a key takes in memory: the head's dimension made a power of two from 16 on, so that
// lanes share it evenly.
int headStride(int headDim);

// Single tokens, each over all keys up to its own position, in chunks of 128 keys at multiples of
// 128 whose parts are added in ascending order: by the block that made them all, else by the last
// to arrive. How chunks are shared out changes no bit. Bytes: the keys and values once (0.8 % more
// for parts).
void attendTokens(const Attention& a, DataType type, int blocks, cudaStream_t stream);

// Tiles of up to 64 consecutive queries, 64 keys at a time from position 0; where canAttendTiles.
void attendTiles(const Attention& a, DataType type, int tiles, cudaStream_t stream);
void prepareAttentionTokens();
void prepareAttentionTiles();

}  // namespace flover::cuda
