#include "packed-matrix.h"

#include <algorithm>

#include "flover/float16.h"
#include "flover/synthetic.h"

namespace flover::cpu {

PackedMatrix::PackedMatrix(int64_t outputs, int64_t inputs, DataType type)
    : outputs_(outputs),
      inputs_(inputs),
      type_(type),
      buffer_(
          static_cast<size_t>((outputs + kTileOutputs - 1) / kTileOutputs * kTileOutputs * inputs) *
          bytesPerElement(type)) {}

const void* PackedMatrix::tile(int64_t index) const {
  return buffer_.bytes() + static_cast<size_t>(index * tileElements()) * bytesPerElement(type_);
}

// Calls read(index in the whole tensor, place) for every element, tiles spread over the threads.
// Blocks of 32 inputs keep both the rows read and the tile written in the cache.
template <typename Read>
void PackedMatrix::pack(ThreadPool& pool, const TensorPart& part, Read read) {
  pool.run(tiles(), [&](int64_t tile, int) {
    const int64_t first = tile * kTileOutputs, last = std::min(first + kTileOutputs, outputs_);
    for (int64_t input = 0; input < inputs_; input += 32) {
      const int64_t lastInput = std::min<int64_t>(input + 32, inputs_);
      for (int64_t o = first; o < last; ++o) {
        const int64_t from = part.wholeIndex(o, 0), to = place(o, 0);
        for (int64_t i = input; i < lastInput; ++i) read(from + i, to + i * kTileOutputs);
      }
    }
  });
}

void PackedMatrix::fill(ThreadPool& pool, const TensorPart& part, const void* whole,
                        DataType type) {
  void* out = buffer_.data();
  if (type == type_ && type != DataType::F32) {
    const uint16_t* in = static_cast<const uint16_t*>(whole);
    pack(pool, part, [=](int64_t from, int64_t to) { static_cast<uint16_t*>(out)[to] = in[from]; });
  } else {
    const DataType wanted = type_;
    pack(pool, part, [=](int64_t from, int64_t to) {
      writeElement(out, wanted, to, readElement(whole, type, from));
    });
  }
}

void PackedMatrix::synthesize(ThreadPool& pool, const TensorPart& part, uint64_t key) {
  void* out = buffer_.data();
  const DataType type = type_;
  pack(pool, part, [=](int64_t from, int64_t to) {
    writeElement(out, type, to, syntheticValue(key, static_cast<uint64_t>(from)));
  });
}

void PackedMatrix::readRow(int64_t output, float* values) const {
  for (int64_t i = 0; i < inputs_; ++i)
    values[i] = readElement(buffer_.data(), type_, place(output, i));
}

}  // namespace flover::cpu
