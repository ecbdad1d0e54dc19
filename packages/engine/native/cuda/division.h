// How a weight is divided among the blocks of a product on Hopper.
#pragma once
#include <algorithm>

namespace flover::cuda {

constexpr int kStripRows = 16;
constexpr int kMostStrips = 8;  // a tile: two warpgroups, a strip a warp
// Up to so many tokens attention is short, and what it and the norms wait for counts.
constexpr int kFewTokens = 4;

// Every split of K in `rowTiles` tiles of nearly the same number of strips, at most `strips`. Which
// tile a row is in does not change its sum.
struct Division {
  int rowTiles, strips;
};

// Prompts take the rows as they lie together in memory.
inline Division storedTiles(int paddedRows) {
  return {paddedRows / (kMostStrips * kStripRows), kMostStrips};
}

// Where few tokens are decoded the weights are all there is to read: each of `multiprocessors`
// takes the same part of them, give or take a strip, in as few rounds as it can.
inline Division evenTiles(int paddedRows, int splits, int multiprocessors) {
  const int strips = paddedRows / kStripRows, atOnce = std::max(1, multiprocessors / splits);
  const int rounds = (strips + atOnce * kMostStrips - 1) / (atOnce * kMostStrips);
  const int rowTiles = std::min(strips, atOnce * rounds);
  return {rowTiles, (strips + rowTiles - 1) / rowTiles};
}

// Strips, over all rounds, of the multiprocessor that has most of them.
inline int largestPart(int paddedRows, int splits, int multiprocessors) {
  const Division division = evenTiles(paddedRows, splits, multiprocessors);
  const int atOnce = std::max(1, multiprocessors / splits);
  return (division.rowTiles + atOnce - 1) / atOnce * division.strips;
}

// Multiprocessors that decode's products of so many tokens leave to the norms and to attention,
// whose loads else queue behind a ring that the next product fills: measured, docs/engine-speed.md.
inline int spareFor(int tokens, int multiprocessors) {
  return multiprocessors / (tokens <= kFewTokens ? 16 : 64);
}

// Those that the product of a weight keeps to. It spares only as many as make nobody's part of the
// weight larger.
inline int keptTo(int paddedRows, int splits, int multiprocessors, int spare) {
  const int largest = largestPart(paddedRows, splits, multiprocessors);
  int kept = multiprocessors - spare;
  while (kept < multiprocessors && largestPart(paddedRows, splits, kept) > largest) ++kept;
  return kept;
}

}  // namespace flover::cuda
