// The tiles of a product on Hopper: their shape for N tokens, which rows and units each has, and
// where its weights lie.
#pragma once
#include "division.h"
#include "layout.cuh"
#include "product.h"
#include "ring.cuh"

namespace flover::cuda {

constexpr int kStripBytes = kStripRows * kUnit * 2;
constexpr int kStored = kRowTile / kStripRows;  // strips that lie together, unit by unit
static_assert(kStored == kMostStrips);
constexpr int kGroups = kMostStrips / 4;  // warpgroups, a strip a warp
// What a norm or attention needs stays free beside it.
constexpr int kRingBytes = 196992, kSharedBytes = kRingBytes + 128;

template <int N>
struct TileShape {
  // Wide tiles need more registers than an even share: the copying warpgroup gives its own away.
  static constexpr bool wide = N >= 128;
  static constexpr int threads = kGroups * 128 + (wide ? 128 : 32);
  static constexpr int tokenBytes = N * kUnit * 2;
  // Wide tiles are whole runs of stored rows: what is known when this is compiled is quicker.
  static constexpr RingShape ring = ringShape(kRingBytes, kMostStrips* kStripBytes, tokenBytes);
  static_assert(ring.stages >= 2, "a unit is loaded before the one that it follows is given back");
};

struct TileRange {
  int firstStrip, strips, split, firstToken, firstUnit, units;
};

// Tiles that share weights stand side by side, so that the weights come from memory once.
template <int N>
struct Tiles {
  using Shape = TileShape<N>;
  int tokenTiles, rowTiles, count;
  __device__ __forceinline__ Tiles(const Product& p, int rowTiles)
      : tokenTiles(p.layout.tokens / N),
        rowTiles(rowTiles),
        count(tokenTiles * rowTiles * p.weight.splits) {}
  __device__ __forceinline__ TileRange range(const Product& p, int index) const {
    const int tile = index / tokenTiles, rowTile = tile % rowTiles;
    const int strips = p.weight.paddedRows / kStripRows, units = p.weight.paddedK / kUnit;
    TileRange r;
    r.firstToken = index % tokenTiles * N;
    r.firstStrip = Shape::wide ? rowTile * kMostStrips : runStart(rowTile, rowTiles, strips);
    r.strips = Shape::wide ? kMostStrips : runStart(rowTile + 1, rowTiles, strips) - r.firstStrip;
    r.split = tile / rowTiles;
    r.firstUnit = runStart(r.split, p.weight.splits, units);
    r.units = runStart(r.split + 1, p.weight.splits, units) - r.firstUnit;
    return r;
  }
};

// A tile's weights, unit by unit: one run of memory, or two where the tile goes on in the rows
// stored next.
struct WeightRuns {
  const char *first, *second;
  int firstBytes, secondBytes;
  WeightRuns() = default;
  __device__ __forceinline__ WeightRuns(const Weight& w, const TileRange& r) {
    const int strips = min(r.strips, kStored - r.firstStrip % kStored);
    const char* data = static_cast<const char*>(w.data);
    first = data + stripUnit(r.firstStrip, r.firstUnit, w.paddedK) * kStripBytes;
    second = data + stripUnit(r.firstStrip + strips, r.firstUnit, w.paddedK) * kStripBytes;
    firstBytes = strips * kStripBytes;
    secondBytes = (r.strips - strips) * kStripBytes;
  }
  __device__ __forceinline__ void advance() {
    first += kStored * kStripBytes;
    second += kStored * kStripBytes;
  }
};

}  // namespace flover::cuda
