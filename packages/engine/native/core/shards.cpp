#include "flover/shards.h"

#include <algorithm>
#include <string>

namespace flover {

Range partOf(int64_t count, int32_t rank, int32_t worldSize) {
  const int64_t each = count / worldSize, more = count % worldSize;
  const int64_t begin = rank * each + std::min<int64_t>(rank, more);
  return {begin, begin + each + (rank < more ? 1 : 0)};
}

ModelConfig modelOfRank(const ModelConfig& whole, int32_t rank, int32_t worldSize) {
  ModelConfig own = whole;
  own.heads = whole.heads / worldSize;
  own.kvHeads = whole.kvHeads / worldSize;
  own.intermediate = whole.intermediate / worldSize;
  own.vocabulary = static_cast<int32_t>(partOf(whole.vocabulary, rank, worldSize).size());
  return own;
}

TensorPart partOf(const TensorSpec& spec, int32_t rank, int32_t worldSize) {
  const int64_t columns = spec.shape.size() == 2 ? spec.shape[1] : 1;
  TensorPart part{{0, spec.shape[0]}, {0, columns}, columns};
  if (spec.shard == Shard::Rows) part.rows = partOf(spec.shape[0], rank, worldSize);
  if (spec.shard == Shard::Columns) part.columns = partOf(columns, rank, worldSize);
  return part;
}

int64_t weightBytesOfRank(const ModelConfig& whole, int32_t rank, int32_t worldSize) {
  int64_t count = 0;
  for (const TensorSpec& spec : tensorTable(whole))
    count += partOf(spec, rank, worldSize).elements();
  return count * static_cast<int64_t>(bytesPerElement(whole.dataType));
}

}  // namespace flover
