// What one pass over the model needs to know of its tokens: packed on the host, copied once, read
// by every kernel. Places depend on the padded sizes alone, so a captured graph serves every pass
// of its bucket.
#pragma once
#include <cstddef>
#include <cstdint>

namespace flover::cuda {

// Keys a block of attention takes at once: a sum over the context is cut at multiples of this
// position.
constexpr int kKeyChunk = 128;
// Chunks that one block of attention takes at most.
constexpr int kUnitChunks = 4;
// Queries of one sequence that a block of prompt attention takes at most.
constexpr int kQueryTile = 64;
// The first numbers of `extra` are an empty list, for all who have no end tokens or bad words.
constexpr int kFirstWord = 2;

struct PassHeader {
  int32_t tokens = 0;  // real ones
  int32_t items = 0;   // attention items of single-token rows
  int32_t samples = 0;
  int32_t record = 0;  // which completion record to fill
  int32_t work = 0;
  int32_t first = 0;  // this pass stamps the start of the work
  int32_t last = 0;   // this pass stamps its end
  int32_t queryTiles = 0;
  int32_t logits = 0;  // rows of logits
  // Sums over the ranks before this pass: those fused with a norm, by threes, the rows of the last
  // of them, and exchanges.
  uint32_t fused = 0;
  int32_t fusedRows = 0;
  uint32_t exchanged = 0;
  int32_t begun = 0;  // passes of the work, with this one
};
static_assert(sizeof(PassHeader) <= 64);

// One token to sample. Without `general` it is the argmax of the logits as they are.
struct SampleEntry {
  int32_t logitRow = 0;
  int32_t slot = 0;      // history slot of the sequence
  int32_t position = 0;  // of the new token
  int32_t promptTokens = 0;
  int32_t groupIndex = 0;
  int32_t index = 0;  // in the completion record
  int32_t general = 0;
  int32_t topK = 0;
  int32_t barEnds = 0;  // the minimum length is not reached
  int32_t wordsAt =
      0;  // in `extra`: count of end tokens, they, count of bad words, each with its length first
  float temperature = 0, topP = 1, repetition = 1, presence = 0;
  uint64_t seed = 0;
};

// Chunks [chunk, chunk + count) of the keys of a single token, all that a block of attention must
// look up.
struct KeyUnit {
  int32_t token, chunks, length,
      row;  // chunks: first | count << 16; length: keys of the token; row: its block table
};

// Up to 64 rows of queries of one sequence: tokens [token, token + count) at positions [position,
// ...).
struct QueryTile {
  int32_t token, count, position, row;
};

struct PassShape {
  int tokens = 0;      // padded
  int rows = 0;        // sequences (or more)
  int logitRows = 0;   // padded
  int samples = 0;     // at most
  int items = 0;       // at most
  int queryTiles = 0;  // at most
  int rowBlocks = 0;   // block-table entries a row
  int extra = 0;       // numbers for end tokens and bad words
};

// Byte offsets into the packed pass. What grows with the longest context comes last: little of it
// is in use where sequences are shorter.
struct PassLayout {
  PassShape shape;
  size_t samples, tiles, ids, slots, positions, places, tokenRows, logitTokens, extra, items,
      rowBlocks, bytes;
  explicit PassLayout(const PassShape& s) : shape(s) {
    size_t at = 64;
    const auto take = [&at](size_t count, size_t size) {
      const size_t place = at;
      at = (at + count * size + 15) / 16 * 16;
      return place;
    };
    samples = take(s.samples, sizeof(SampleEntry));
    tiles = take(s.queryTiles, sizeof(QueryTile));
    ids = take(s.tokens, 4);
    slots = take(s.tokens, 4);
    positions = take(s.tokens, 4);
    places = take(s.tokens, 4);
    tokenRows = take(s.tokens, 4);
    logitTokens = take(s.logitRows, 4);
    extra = take(s.extra, 4);
    items = take(s.items, sizeof(KeyUnit));
    rowBlocks = take(static_cast<size_t>(s.rows) * s.rowBlocks, 4);
    bytes = at;
  }
};

// The arrays of a packed pass, on the host or on the device.
struct PassView {
  PassHeader* header;
  SampleEntry* samples;
  QueryTile* tiles;
  KeyUnit* items;
  int32_t *ids, *slots, *positions, *places, *tokenRows, *logitTokens, *rowBlocks, *extra;
  PassView(void* base, const PassLayout& l) {
    char* p = static_cast<char*>(base);
    items = reinterpret_cast<KeyUnit*>(p + l.items);
    const auto ints = [p](size_t at) { return reinterpret_cast<int32_t*>(p + at); };
    header = reinterpret_cast<PassHeader*>(p);
    samples = reinterpret_cast<SampleEntry*>(p + l.samples);
    tiles = reinterpret_cast<QueryTile*>(p + l.tiles);
    ids = ints(l.ids), slots = ints(l.slots), positions = ints(l.positions),
    places = ints(l.places);
    tokenRows = ints(l.tokenRows), logitTokens = ints(l.logitTokens);
    rowBlocks = ints(l.rowBlocks), extra = ints(l.extra);
  }
};

// Filled by the device in pinned host memory; `done` is written last.
struct Record {
  uint64_t startNanos, endNanos;  // the device's clock
  uint64_t editedNanos;           // after moves, forks and swaps, where there were any
  volatile int32_t done;          // the work's id plus 1
  volatile int32_t begun;         // passes that the device has come to
};

}  // namespace flover::cuda
