// That every kernel's sums are right, and that a token's bits depend neither on its company nor on
// the multiprocessors.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "memory.h"
#include "product-list.cuh"
#include "product-values.cuh"

namespace flover::cuda {
namespace {

constexpr int kMostCheckedTokens = 130;

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
    return failures;
  }

 private:
  static constexpr int kMostTokens = 256;

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
  DeviceBuffer weight_, tokens_, out_;
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
