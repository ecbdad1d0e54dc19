// Matrix products y = x W^T: activations fp32, weights of any type, fp32 accumulation.
//
// The one reduction order: for an output, inputs ascend in chunks of 1024; inside a chunk one
// accumulator takes x[k] * w[k] by fused multiply-add, k ascending; chunks are added in ascending
// order. It depends on the number of inputs alone, so a row's bits are the same for any number of
// rows, any thread and any instruction set with FMA.
#pragma once
#include <cstdint>
#include <span>

#include "packed-matrix.h"
#include "thread-pool.h"

namespace flover::cpu {

enum class Epilogue : int32_t {
  Store,     // y = product + bias
  Add,       // y = y + (product + bias): the residual
  Gelu,      // y = gelu_new(product + bias)
  SiluGate,  // y = silu(product) * (product with `second`)
};

struct Product {
  const PackedMatrix* weights = nullptr;
  const PackedMatrix* second = nullptr;  // SiluGate: the up projection
  const float* bias = nullptr;           // [outputs] or none
  const float* x = nullptr;              // [rows, xStride]
  int64_t xStride = 0;
  float* y = nullptr;  // [rows, yStride]
  int64_t yStride = 0;
  Epilogue epilogue = Epilogue::Store;
};

// Independent products over the same number of rows, in one parallel region.
void runProducts(ThreadPool& pool, std::span<const Product> products, int64_t rows);

}  // namespace flover::cpu
