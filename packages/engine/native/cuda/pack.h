// Weights on their way in: from a checkpoint's row-major tensor, or made from a seed, into the
// order of the product kernels.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

#include "flover/model.h"

namespace flover::cuda {

// How the rows of a tensor lie among the stored rows of the weight that it is part of.
enum class RowOrder : int {
  Plain,   // row r at base + r
  Gate,    // neuron j at the upper half of strip j / 8 ...
  Up,      // ... and at the lower half
  Halves,  // heads: dimensions (d, d + headDim / 2) in one strip, eight rows apart
  Pairs,   // heads: dimensions (2d, 2d + 1) in one strip, eight rows apart
};

struct Packing {
  RowOrder order = RowOrder::Plain;
  int base = 0;  // first stored row (whole strips)
  int headDim = 0;
  int headStride = 0;  // stored rows a head
  __host__ __device__ int storedRow(int row) const {
    if (order == RowOrder::Plain) return base + row;
    if (order == RowOrder::Gate) return base + row / 8 * 16 + row % 8;
    if (order == RowOrder::Up) return base + row / 8 * 16 + 8 + row % 8;
    const int head = row / headDim, d = row % headDim;
    const int pair = order == RowOrder::Halves ? d % (headDim / 2) : d / 2;
    const int second = order == RowOrder::Halves ? d / (headDim / 2) : d % 2;
    return base + head * headStride + pair / 8 * 16 + second * 8 + pair % 8;
  }
};

// Where elements come from: rows of a row-major tensor with `wholeColumns` columns, or a seed and
// their index in it.
struct Source {
  const void* data = nullptr;  // on the device, type `type`; nullptr: synthetic
  DataType type = DataType::F32;
  uint64_t key = 0;
  float offset = 0;                                         // added to synthetic values
  int64_t firstRow = 0, firstColumn = 0, wholeColumns = 0;  // this rank's part
  bool dataIsWhole = true;  // data holds the whole tensor (else only the part)
};

// Packs rows x columns elements into a weight of `type` with `paddedK` columns: fragments if
// 16-bit, else rows.
void packWeight(void* to, DataType type, int paddedK, const Packing& packing, const Source& from,
                int rows, int columns, cudaStream_t stream);
// A table as it is, [rows][columns] in `type`.
void packTable(void* to, DataType type, const Source& from, int rows, int columns,
               cudaStream_t stream);
// A vector (norm or bias) in fp32 with its rows in stored order, rounded to `type` first as the
// model holds it.
void packVector(float* to, DataType type, const Packing& packing, const Source& from, int rows,
                cudaStream_t stream);

}  // namespace flover::cuda
