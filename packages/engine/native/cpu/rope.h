// Rotary embedding of one row's query and key heads, and the write of its key and value into the
// cache.
#pragma once
#include "flover/model.h"
#include "flover/rope.h"
#include "kv-cache.h"
#include "rows.h"

namespace flover::cpu {

// q [heads * headDim] and k [kvHeads * headDim] are rotated in place, then k and v are stored
// rounded to the cache's type.
void rotateAndStore(const ModelConfig& model, const RopeTable& table, const TokenRow& row,
                    int32_t layer, float* q, float* k, const float* v, KvCache& cache);

}  // namespace flover::cpu
