#include "../cuda/division.h"

#include "check.h"

using namespace flover::cuda;

namespace {

// No tile is empty, none has more strips than a block takes, and the largest is no larger than it
// must be.
void expectEven(const Division& division, int paddedRows) {
  const int strips = paddedRows / kStripRows;
  EXPECT(division.rowTiles >= 1 && division.rowTiles <= strips);
  EXPECT(division.strips <= kMostStrips);
  EXPECT(division.strips * division.rowTiles >= strips);
  EXPECT((division.strips - 1) * division.rowTiles < strips);
}

}  // namespace

CHECK("division: tiles hold all rows of a weight, evenly") {
  for (int paddedRows = 128; paddedRows <= 8192; paddedRows += 128) {
    expectEven(storedTiles(paddedRows), paddedRows);
    for (const int splits : {1, 2, 3, 4}) {
      for (const int multiprocessors : {1, 3, 7, 48, 96, 132})
        expectEven(evenTiles(paddedRows, splits, multiprocessors), paddedRows);
    }
  }
}

CHECK("division: decode gives every multiprocessor that it keeps to a tile of a large weight") {
  EXPECT_EQUAL(keptTo(132, 8), 124);
  EXPECT_EQUAL(keptTo(132, 64), 130);
  EXPECT_EQUAL(keptTo(1, 8), 1);
  // The products of LLaMA-13B, and of LLaMA-33B on two ranks: rows, splits, tiles in all.
  const int weights[][3] = {{15360, 1, 124}, {5120, 3, 123}, {27648, 1, 248},
                            {9984, 1, 124},  {6656, 2, 124}, {17920, 1, 248}};
  for (const auto& [rows, splits, tiles] : weights)
    EXPECT_EQUAL(evenTiles(rows, splits, keptTo(132, 8)).rowTiles * splits, tiles);
}
