#include "packed-matrix.h"

#include <algorithm>

#include "flover/float16.h"
#include "flover/synthetic.h"
#include "flover/tensors.h"

namespace flover::cpu {

PackedMatrix::PackedMatrix(int64_t outputs, int64_t inputs, DataType type)
    : outputs_(outputs),
      inputs_(inputs),
      type_(type),
      buffer_(static_cast<size_t>((outputs + kTileOutputs - 1) / kTileOutputs * kTileOutputs * inputs) *
              bytesPerElement(type)) {}

int64_t PackedMatrix::place(int64_t output, int64_t input) const {
  return (output / kTileOutputs * inputs_ + input) * kTileOutputs + output % kTileOutputs;
}

const void* PackedMatrix::tile(int64_t index) const {
  return buffer_.bytes() + static_cast<size_t>(index * tileElements()) * bytesPerElement(type_);
}

// Blocks of 32 inputs keep both the rows read and the tile written in the cache.
template <typename Read>
void PackedMatrix::pack(Read read) {
  for (int64_t output = 0; output < outputs_; output += kTileOutputs) {
    const int64_t lastOutput = std::min(output + kTileOutputs, outputs_);
    for (int64_t input = 0; input < inputs_; input += 32) {
      const int64_t lastInput = std::min<int64_t>(input + 32, inputs_);
      for (int64_t o = output; o < lastOutput; ++o) {
        for (int64_t i = input; i < lastInput; ++i) read(o * inputs_ + i, place(o, i));
      }
    }
  }
}

void PackedMatrix::fill(const void* data, DataType type) {
  void* out = buffer_.data();
  if (type == type_ && type != DataType::F32) {
    pack([=](int64_t from, int64_t to) { static_cast<uint16_t*>(out)[to] = static_cast<const uint16_t*>(data)[from]; });
  } else {
    const DataType to = type_;
    pack([=](int64_t from, int64_t at) { writeElement(out, to, at, readElement(data, type, from)); });
  }
}

void PackedMatrix::synthesize(uint64_t key) {
  void* out = buffer_.data();
  const DataType to = type_;
  pack([=](int64_t from, int64_t at) {
    writeElement(out, to, at, syntheticValue(key, static_cast<uint64_t>(from)));
  });
}

void PackedMatrix::readRow(int64_t output, float* values) const {
  for (int64_t i = 0; i < inputs_; ++i) values[i] = readElement(buffer_.data(), type_, place(output, i));
}

}  // namespace flover::cpu
