// That every kernel's sums are right, and that a token's bits depend neither on its company nor on
// the multiprocessors, however often and beside whatever they are made.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "memory.h"
#include "product-list.cuh"
#include "product-values.cuh"

namespace flover::cuda {
namespace {

constexpr int kMostCheckedTokens = 130;
constexpr int kRepeatedTokens = 400, kRepeats = 20;

// Counts the numbers whose bits differ.
__global__ void countDifferent(const uint32_t* a, const uint32_t* b, int64_t n, uint32_t* count) {
  uint32_t different = 0;
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step)
    different += a[i] != b[i];
  if (different) atomicAdd(count, different);
}

template <typename T>
class SumsCheck {
 public:
  SumsCheck(const ProductShape& shape, uint32_t seed)
      : shape_(shape),
        paddedK_(padded(shape.K, kUnit)),
        seed_(seed),
        weight_(sizeof(T) * padded(shape.rows, kRowTile) * paddedK_),
        tokens_(sizeof(T) * kMostTokens * paddedK_),
        out_(size_t{4} * shape.splits * kMostTokens * shape.rows),
        first_(out_.bytes()),
        counts_(8),
        wanted_(size_t{kMostCheckedTokens} * shape.rows) {
    fillWeight<<<512, 256>>>(weight_.as<T>(), shape.rows, shape.K, padded(shape.rows, kRowTile),
                             paddedK_, seed);
    const DeviceBuffer sums(wanted_.size() * 8);
    reference<T><<<static_cast<int>((wanted_.size() + 127) / 128), 128>>>(
        sums.as<double>(), shape.rows, shape.K, kMostCheckedTokens, seed, seed + 1);
    FLOVER_CUDA(
        cudaMemcpy(wanted_.data(), sums.as(), wanted_.size() * 8, cudaMemcpyDeviceToHost));
  }

  // Failures among all kernels.
  int run(const char* type) {
    int failures = 0;
    for (const Kernel& kernel : allKernels<T>()) {
      failures += fails(type, kernel, 0);
      if (kernel.order != Order::Tiles) continue;
      for (const int share : {1, 3}) failures += fails(type, kernel, share);
    }
    return failures + failsRepeated(type);
  }

 private:
  static constexpr int kMostTokens = 512;

  bool fails(const char* type, const Kernel& kernel, int share) {
    const std::vector<float> sums = sumsOf(kernel, share);
    const double error = relativeError(sums);
    const bool equal = sameBits(kernel.order == Order::Tiles ? tileSums_ : fragmentSums_, sums);
    if (error < 1e-5 && equal) return false;
    std::printf("FAILED %s rows %d K %d splits %d: %-32s share %d error %.1e, %s\n", type,
                shape_.rows, shape_.K, shape_.splits, kernel.name, share, error,
                equal ? "same bits" : "BITS DIFFER");
    return true;
  }

  // The kernels of prompts over and over, on shares taken by chance, while other blocks read
  // memory: what comes too late or leaves too early does so once in many times.
  int failsRepeated(const char* type) {
    cudaStream_t reading;
    FLOVER_CUDA(cudaStreamCreateWithFlags(&reading, cudaStreamNonBlocking));
    std::mt19937 random(seed_);
    int failures = 0, made = 0;
    for (const Kernel& kernel : allKernels<T>()) {
      if (kernel.order != Order::Tiles || kernel.tile < 128) continue;
      for (int i = 0; i < kRepeats; ++i, ++made) {
        const int share = i % 2 ? 1 + random() % allMultiprocessors() : 0;
        readAll<<<1 + random() % 256, 512, 0, reading>>>(
            weight_.as<uint4>(), weight_.bytes() / 16, counts_.as<uint32_t>() + 1);
        const uint32_t different = repeated(kernel, share, made == 0);
        if (different == 0) continue;
        std::printf("FAILED %s rows %d K %d splits %d: %-32s share %d, time %d: %u BITS DIFFER\n",
                    type, shape_.rows, shape_.K, shape_.splits, kernel.name, share, i, different);
        ++failures;
      }
    }
    FLOVER_CUDA(cudaStreamDestroy(reading));
    return failures;
  }

  // How many sums differ from those made first.
  uint32_t repeated(const Kernel& kernel, int share, bool isFirst) {
    const Product p = productOf(kernel, shape_, weight_.as(), tokens_.as(), kRepeatedTokens,
                                out_.as<float>(), share);
    FLOVER_CUDA(cudaMemset(out_.as(), 0xff, out_.bytes()));
    if (isFirst)
      fillTokens<<<512, 256>>>(tokens_.as<T>(), kRepeatedTokens, shape_.K, p.layout, seed_ + 1);
    kernel.run(p, nullptr);
    if (isFirst)
      FLOVER_CUDA(cudaMemcpy(first_.as(), out_.as(), out_.bytes(), cudaMemcpyDeviceToDevice));
    uint32_t different = 0;
    FLOVER_CUDA(cudaMemset(counts_.as(), 0, 4));
    countDifferent<<<512, 256>>>(out_.as<uint32_t>(), first_.as<uint32_t>(), out_.bytes() / 4,
                                 counts_.as<uint32_t>());
    FLOVER_CUDA(cudaMemcpy(&different, counts_.as(), 4, cudaMemcpyDeviceToHost));
    return different;
  }

  // [token][row], splits added in ascending order.
  std::vector<float> sumsOf(const Kernel& kernel, int share) {
    const int tokens = kernel.tile >= 128 ? kMostCheckedTokens : std::max(1, kernel.tile - 3);
    const Product p = productOf(kernel, shape_, weight_.as(), tokens_.as(), tokens,
                                out_.as<float>(), share);
    FLOVER_CUDA(cudaMemset(out_.as(), 0xff, out_.bytes()));
    fillTokens<<<512, 256>>>(tokens_.as<T>(), tokens, shape_.K, p.layout, seed_ + 1);
    FLOVER_CUDA(cudaDeviceSynchronize());
    kernel.run(p, nullptr);
    FLOVER_CUDA(cudaDeviceSynchronize());
    std::vector<float> parts(static_cast<size_t>(shape_.splits) * p.layout.tokens * shape_.rows);
    FLOVER_CUDA(cudaMemcpy(parts.data(), out_.as(), parts.size() * 4, cudaMemcpyDeviceToHost));
    std::vector<float> sums(static_cast<size_t>(tokens) * shape_.rows, 0.0f);
    const size_t step = static_cast<size_t>(p.layout.tokens) * shape_.rows;
    for (size_t i = 0; i < sums.size(); ++i)
      for (int split = 0; split < shape_.splits; ++split) sums[i] += parts[split * step + i];
    return sums;
  }

  double relativeError(const std::vector<float>& sums) const {
    double error = 0, norm = 0;
    for (size_t i = 0; i < sums.size(); ++i) {
      const double d = sums[i] - wanted_[i];
      error += d * d, norm += wanted_[i] * wanted_[i];
    }
    return std::sqrt(error / norm);  // NaN where one sum is
  }

  // Against what the other kernels of the family made; keeps the larger of both.
  static bool sameBits(std::vector<float>& kept, const std::vector<float>& sums) {
    const size_t both = std::min(kept.size(), sums.size());
    const bool equal = std::memcmp(kept.data(), sums.data(), both * 4) == 0;
    if (sums.size() > kept.size()) kept = sums;
    return equal;
  }

  const ProductShape shape_;
  const int paddedK_;
  const uint32_t seed_;
  DeviceBuffer weight_, tokens_, out_, first_, counts_;
  std::vector<double> wanted_;
  std::vector<float> tileSums_, fragmentSums_;
};

// How many failed.
template <typename T>
int checkSums(const char* type) {
  int failures = 0;
  uint32_t seed = 12345;
  for (const ProductShape& shape : {ProductShape{960, 576, 1}, ProductShape{5120, 5120, 2},
                                    ProductShape{1000, 13824, 2}, ProductShape{130, 64, 1},
                                    ProductShape{512, 1280, 3}}) {
    seed = seed * 1664525 + 1013904223;
    failures += SumsCheck<T>(shape, seed).run(type);
  }
  std::printf("%s sums checked\n", type);
  return failures;
}

}  // namespace
}  // namespace flover::cuda
