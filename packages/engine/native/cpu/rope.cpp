#include "rope.h"

#include "flover/float16.h"
#include "flover/tensors.h"

namespace flover::cpu {
namespace {

void rotateHead(Family family, const float* cosines, const float* sines, int32_t pairs,
                float* head) {
  for (int32_t i = 0; i < pairs; ++i) {
    float& a = family == Family::Llama ? head[i] : head[2 * i];
    float& b = family == Family::Llama ? head[i + pairs] : head[2 * i + 1];
    const float x = a, y = b;
    a = x * cosines[i] - y * sines[i];
    b = y * cosines[i] + x * sines[i];
  }
}

void storeHead(const float* from, int32_t size, DataType type, void* to) {
  for (int32_t i = 0; i < size; ++i) writeElement(to, type, i, from[i]);
}

}  // namespace

void rotateAndStore(const ModelConfig& model, const RopeTable& table, const TokenRow& row,
                    int32_t layer, float* q, float* k, const float* v, KvCache& cache) {
  const float* cosines =
      table.cosines.data() + static_cast<size_t>(row.position) * static_cast<size_t>(table.pairs);
  const float* sines =
      table.sines.data() + static_cast<size_t>(row.position) * static_cast<size_t>(table.pairs);
  for (int32_t head = 0; head < model.heads; ++head) {
    rotateHead(model.family, cosines, sines, table.pairs, q + head * model.headDim);
  }
  const int32_t block = row.blocks[row.kvIndex / cache.blockTokens()];
  const size_t offset = static_cast<size_t>(row.kvIndex % cache.blockTokens()) *
                        static_cast<size_t>(cache.headStride()) * bytesPerElement(cache.type());
  for (int32_t head = 0; head < model.kvHeads; ++head) {
    rotateHead(model.family, cosines, sines, table.pairs, k + head * model.headDim);
    storeHead(k + head * model.headDim, model.headDim, cache.type(),
              cache.keys(layer, block, head) + offset);
    storeHead(v + head * model.headDim, model.headDim, cache.type(),
              cache.values(layer, block, head) + offset);
  }
}

}  // namespace flover::cpu
