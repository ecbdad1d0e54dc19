// Attention of one row over its sequence's keys, through the block table.
//
// The one reduction order: keys ascend in splits of 256 at absolute positions. Inside a split:
// scores (lanes over the head, 16 dimensions at a time ascending, lanes joined by halves), the
// maximum, weights e^(score - maximum), their sum (16 lanes over the keys, joined by halves), and
// each output dimension by fused multiply-add with keys ascending. Splits are merged in ascending
// order. Where blocks begin and end has no part in it.
#pragma once
#include <cstdint>
#include <vector>

#include "kv-cache.h"
#include "rows.h"

namespace flover::cpu {

constexpr int32_t kSplitTokens = 256;

// Scratch of one thread.
struct AttentionScratch {
  std::vector<float> scores;   // [group][kSplitTokens]
  std::vector<float> outputs;  // [group][headStride]
  std::vector<float> queries;  // [group][headStride]
  std::vector<float> keys;     // [16][headStride]: widened keys
};

// The query heads [first, first + group) that share key head `kvHead`: q [group * headDim] to out
// [group * headDim].
void attend(const KvCache& cache, const TokenRow& row, int32_t layer, int32_t kvHead, int32_t group,
            int32_t headDim, const float* q, float* out, AttentionScratch& scratch);

}  // namespace flover::cpu
