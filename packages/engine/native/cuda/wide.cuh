// Blocks of 128 rows times 256 tokens, for prompts: the two rings of a block, and which rows,
// tokens and units are its.
#pragma once
#include "tiles.cuh"

namespace flover::cuda {

constexpr int kTileTokens = 128;  // of a tile of activations; a block takes two, or one
constexpr int kPieceBytes = kMostStrips * kStripBytes;  // a unit of weights, or of a token tile
static_assert(kPieceBytes == kTileTokens * kUnit * 2);

// A unit takes one piece of weights and two of activations. Weights are given back when the first
// product that reads them is done, not when their loads are queued: an arrival does not wait for
// loads before it, and the next copy would overtake them.
constexpr int kWeightStages = 4, kTokenStages = 8;
constexpr int kStageBarrierBytes = 16;
static_assert((kWeightStages + kTokenStages) * (kPieceBytes + kStageBarrierBytes) <= kRingBytes);

// Stages of one kind, first to last, and their barriers.
struct PieceRing {
  uint32_t data, barriers;
  int stages;
  __device__ __forceinline__ uint32_t piece(int stage) const { return data + stage * kPieceBytes; }
  __device__ __forceinline__ uint32_t full(int stage) const { return barriers + stage * 8; }
  __device__ __forceinline__ uint32_t empty(int stage) const { return full(stages + stage); }
  // By one thread; every warp that multiplies arrives when it has done with a stage.
  __device__ __forceinline__ void init() const {
    for (int s = 0; s < stages; s++) {
      barrierInit(full(s), 1);
      barrierInit(empty(s), kMostStrips);
    }
  }
};

// A place in one of the rings, counted on over all tiles of a block.
template <int stages>
struct PiecePlace {
  int stage = 0;
  uint32_t parity = 0;  // of the round
  __device__ __forceinline__ void advance() {
    if (++stage == stages) stage = 0, parity ^= 1;
  }
};

// Copies pieces to one of the rings, one after the other, each when its stage is empty.
template <int stages>
struct PieceCopies {
  const PieceRing& ring;
  PiecePlace<stages> at;
  bool fresh = true;  // the first round of the ring waits for nobody
  __device__ __forceinline__ explicit PieceCopies(const PieceRing& ring) : ring(ring) {}
  __device__ __forceinline__ void copy(const char* from) {
    if (!fresh) barrierWait(ring.empty(at.stage), at.parity ^ 1);
    barrierExpect(ring.full(at.stage), kPieceBytes);
    bulkCopy(ring.piece(at.stage), from, kPieceBytes, ring.full(at.stage));
    at.advance();
    fresh = fresh && at.stage > 0;
  }
};

// The blocks' work: pairs of token tiles first, then, where the last round would leave half of the
// multiprocessors idle, single ones.
struct WideWork {
  int pairs;    // of token tiles that are taken together, over all rows and splits
  int singles;  // token tiles taken alone
  __host__ __device__ int count() const { return pairs + singles; }
};

// For blocks on `width` multiprocessors; `tokenTiles` is even.
inline WideWork wideWork(int tokenTiles, int rowTiles, int splits, int width) {
  const int all = tokenTiles / 2 * rowTiles * splits, rest = all % width;
  const int singles = rest * 2 <= width ? rest * 2 : 0;
  return {all - singles / 2, singles};
}

struct WideRange {
  int firstStrip, split, firstTile, firstUnit, units;
  bool pair;
  // Tiles that share weights stand side by side, so that the weights come from memory once.
  __device__ __forceinline__ WideRange(const Product& p, const WideWork& work, int index) {
    const int single = index - work.pairs, across = p.layout.tokens / (2 * kTileTokens);
    pair = single < 0;
    const int at = pair ? index : work.pairs + single / 2, tile = at / across;
    const int rowTiles = p.weight.paddedRows / kRowTile;
    const int runs = p.weight.splits, all = p.weight.paddedK / kUnit;
    firstTile = at % across * 2 + (pair ? 0 : single % 2);
    firstStrip = tile % rowTiles * kMostStrips;
    split = tile / rowTiles;
    firstUnit = runStart(split, runs, all);
    units = runStart(split + 1, runs, all) - firstUnit;
  }
};

}  // namespace flover::cuda
