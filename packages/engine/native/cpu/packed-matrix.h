// A weight matrix [outputs, inputs] re-tiled for streaming: tiles of 32 outputs, each [inputs][32],
// so that one cache line (of a 16-bit type) holds one input of 32 outputs and a tile is one
// contiguous run.
#pragma once
#include <cstdint>

#include "flover/shards.h"
#include "memory.h"
#include "thread-pool.h"

namespace flover::cpu {

constexpr int kTileOutputs = 32;

class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(int64_t outputs, int64_t inputs, DataType type);

  // Fills from its part of a row-major tensor of any type, or of the synthetic stream with this
  // key.
  void fill(ThreadPool& pool, const TensorPart& part, const void* whole, DataType type);
  void synthesize(ThreadPool& pool, const TensorPart& part, uint64_t key);

  int64_t outputs() const { return outputs_; }
  int64_t inputs() const { return inputs_; }
  int64_t tiles() const { return (outputs_ + kTileOutputs - 1) / kTileOutputs; }
  int64_t tileElements() const { return inputs_ * kTileOutputs; }
  DataType type() const { return type_; }
  const void* tile(int64_t index) const;
  // One row of the matrix, widened: an embedding.
  void readRow(int64_t output, float* values) const;

 private:
  template <typename Read>
  void pack(ThreadPool& pool, const TensorPart& part, Read read);
  int64_t place(int64_t output, int64_t input) const {
    return (output / kTileOutputs * inputs_ + input) * kTileOutputs + output % kTileOutputs;
  }

  int64_t outputs_ = 0;
  int64_t inputs_ = 0;
  DataType type_ = DataType::F32;
  Buffer buffer_;
};

}  // namespace flover::cpu
