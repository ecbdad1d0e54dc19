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

CHECK("division: multiprocessors are left to others where nobody's part grows by it") {
  for (int rows = 128; rows <= 32768; rows += 128) {
    for (const int splits : {1, 2, 3, 4}) {
      for (const int tokens : {kFewTokens, kFewTokens + 1}) {
        const int spare = spareFor(tokens, 132);
        const int kept = keptTo(rows, splits, 132, spare);
        const int largest = largestPart(rows, splits, 132);
        EXPECT(kept >= 132 - spare && kept <= 132);
        EXPECT(largestPart(rows, splits, kept) <= largest);
        for (int fewer = 132 - spare; fewer < kept; ++fewer)
          EXPECT(largestPart(rows, splits, fewer) > largest);
      }
    }
  }
  EXPECT_EQUAL(keptTo(128, 1, 1, spareFor(8, 1)), 1);
  EXPECT_EQUAL(spareFor(1, 132), 8);
  EXPECT_EQUAL(spareFor(64, 132), 2);
}

CHECK("division: decode of few gives all multiprocessors it keeps to a tile of a large weight") {
  // The products of LLaMA-13B, LLaMA-33B on two ranks and GPT-J: rows, splits, kept to, tiles.
  const int weights[][4] = {{15360, 1, 124, 124}, {5120, 3, 124, 123},  {27648, 1, 124, 248},
                            {9984, 1, 125, 125},  {6656, 2, 124, 124},  {17920, 1, 124, 248},
                            {12288, 1, 128, 128}, {16384, 1, 128, 128}, {4096, 4, 128, 128}};
  for (const auto& [rows, splits, kept, tiles] : weights) {
    EXPECT_EQUAL(keptTo(rows, splits, 132, spareFor(1, 132)), kept);
    EXPECT_EQUAL(evenTiles(rows, splits, kept).rowTiles * splits, tiles);
  }
}
