// What the kernels can take: sizes of models and engines for which packed words, 32-bit places and
// shared memory suffice. Decided without a device.
#pragma once
#include <cstddef>
#include <cstdint>

#include "flover/model.h"
#include "flover/work.h"
#include "plan.h"

namespace flover::cuda {

// KeyUnit numbers chunks of keys in 16 bits.
constexpr int64_t kMostSequenceTokens = int64_t{kKeyChunk} << 16;
// Sampling keeps a bit a token in shared memory.
constexpr int kMostVocabulary = 294912;

// A pass has room for so many numbers that say what its rows may not sample.
constexpr int kMostWordNumbers = 65536;

// Throws "model-unsupported" or "config-invalid", naming the field, its value and what is allowed.
void checkBounds(const EngineConfig& config);

// Numbers that a sequence's end tokens and bad words take in a pass where they count: each list and
// word with its length.
int wordNumbers(const SamplingParameters& sampling);
// Throws "sampling-invalid" where those of a request's sequences, which may sample in one pass, are
// too many.
void checkWords(const SequenceConfig& sequence);

// Multiplying high by this divides every position below `positions` by `blockTokens`; 0 stands for
// a division by 1. Throws "config-invalid" where no number of 32 bits does.
uint32_t blockDivider(int blockTokens, int positions);

// Shared memory of attention by tiles of queries, for heads that take `stride` elements in memory:
// the queries, and two tiles each of keys and values.
constexpr int queryTileBytes(int stride) { return 5 * kQueryTile * stride * 2; }
// Whether it can run where a block has so much shared memory: 16-bit types, heads of 64 and more.
constexpr bool canAttendTiles(DataType type, int stride, size_t sharedBytes) {
  return type != DataType::F32 && stride >= 64 &&
         static_cast<size_t>(queryTileBytes(stride)) <= sharedBytes;
}

}  // namespace flover::cuda
