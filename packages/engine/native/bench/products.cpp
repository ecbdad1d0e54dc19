// GB/s and GFLOP/s of the CPU products by shape and rows, against the read bandwidth measured in
// the same run. Usage: flover_bench [threads] [f32|f16|bf16]. Times are the best of several, for
// weights beyond the caches where memory allows: each shape is repeated over copies of its matrix.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cpu/product.h"
#include "cpu/simd.h"
#include "flover/tensors.h"

using namespace flover;
using namespace flover::cpu;

namespace {

constexpr size_t kSpanBytes = size_t{1} << 30;

template <typename Body>
double bestSeconds(int repeats, Body body) {
  double best = 1e9;
  for (int i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

// Sums a buffer larger than the last-level cache.
double readGigabytes(ThreadPool& pool) {
  Buffer buffer(kSpanBytes);
  std::memset(buffer.data(), 1, kSpanBytes);
  constexpr int64_t kPieces = 1024;
  std::vector<float> sums(kPieces);
  const double seconds = bestSeconds(5, [&] {
    pool.run(kPieces, [&](int64_t piece, int) {
      const int64_t count = static_cast<int64_t>(kSpanBytes / 4) / kPieces;
      const float* from = buffer.floats() + piece * count;
      Lanes totals[4] = {zero(), zero(), zero(), zero()};
      for (int64_t i = 0; i < count; i += 4 * kLanes) {
        for (int lane = 0; lane < 4; ++lane)
          totals[lane] = add(totals[lane], load(from + i + lane * kLanes));
      }
      sums[static_cast<size_t>(piece)] =
          sum(add(add(totals[0], totals[1]), add(totals[2], totals[3])));
    });
  });
  if (sums[0] < 0) std::printf("?");  // keeps the sums alive
  return static_cast<double>(kSpanBytes) / seconds / 1e9;
}

struct Shape {
  const char* name;
  int64_t outputs, inputs;
};

void benchShape(ThreadPool& pool, const Shape& shape, DataType type, double ceiling) {
  std::vector<PackedMatrix> copies;
  const size_t bytes = static_cast<size_t>(shape.outputs * shape.inputs) * bytesPerElement(type);
  const size_t count = std::max<size_t>(1, kSpanBytes / bytes);
  copies.emplace_back(shape.outputs, shape.inputs, type);
  copies[0].synthesize(pool, {{0, shape.outputs}, {0, shape.inputs}, shape.inputs}, 1);
  for (size_t i = 1; i < count; ++i) {
    copies.emplace_back(shape.outputs, shape.inputs, type);
    std::memcpy(const_cast<void*>(copies[i].tile(0)), copies[0].tile(0), bytes);
  }
  for (const int64_t rows : {1, 2, 4, 8, 16, 64, 256}) {
    std::vector<float> x(static_cast<size_t>(rows * shape.inputs), 0.5f),
        y(static_cast<size_t>(rows * shape.outputs));
    const size_t passes =
        std::max<size_t>(1, rows > 16 ? count * 16 / static_cast<size_t>(rows) : count);
    const double seconds = bestSeconds(rows > 16 ? 2 : 4, [&] {
      for (size_t i = 0; i < passes; ++i) {
        const Product product = {&copies[i % count], nullptr,  nullptr,       x.data(),
                                 shape.inputs,       y.data(), shape.outputs, Epilogue::Store};
        runProducts(pool, std::span(&product, 1), rows);
      }
    });
    const double gigabytes = static_cast<double>(bytes * passes) / seconds / 1e9;
    const double flops = 2.0 * static_cast<double>(rows * shape.outputs * shape.inputs) *
                         static_cast<double>(passes);
    std::printf("%-14s %6lld x %-6lld rows %3lld  %7.2f GB/s (%3.0f%%)  %8.1f GFLOP/s\n",
                shape.name, static_cast<long long>(shape.outputs),
                static_cast<long long>(shape.inputs), static_cast<long long>(rows), gigabytes,
                100 * gigabytes / ceiling, flops / seconds / 1e9);
  }
}

}  // namespace

int main(int count, char** arguments) {
  const int threads =
      count > 1 ? std::atoi(arguments[1]) : static_cast<int>(std::thread::hardware_concurrency());
  const std::string name = count > 2 ? arguments[2] : "f16";
  const DataType type = name == "f32"    ? DataType::F32
                        : name == "bf16" ? DataType::BF16
                                         : DataType::F16;
  ThreadPool pool(std::max(1, threads));
  const double ceiling = readGigabytes(pool);
  std::printf("%d threads, %s; read bandwidth %.2f GB/s over 1 GiB\n", pool.threads(), name.c_str(),
              ceiling);
  const Shape shapes[] = {{"135M down", 576, 1536}, {"135M head", 49152, 576},
                          {"1B gate", 8192, 2048},  {"7B query", 4096, 4096},
                          {"7B gate", 11008, 4096}, {"7B down", 4096, 11008}};
  for (const Shape& shape : shapes) benchShape(pool, shape, type, ceiling);
}
