// What all products of one LLaMA-13B iteration take, in one graph, and each of a layer's alone.
#pragma once
#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include "memory.h"
#include "product-list.cuh"
#include "product-values.cuh"

namespace flover::cuda {
namespace {

class ProductTimes {
 public:
  ProductTimes()
      : elements_(static_cast<size_t>(kVocabulary) * kHidden),
        tokens_(size_t{kMostTokens} * kIntermediate * 2),
        out_(size_t{4} * 4 * kMostTokens * kVocabulary),
        sink_(4) {
    for (const ProductShape& s : kLayer) elements_ += size_t{kLayers} * s.rows * s.K;
    weights_ = DeviceBuffer(elements_ * 2);
    const int rows = static_cast<int>(elements_ / kHidden);
    fillWeight<<<4096, 256>>>(weights_.as<Half>(), rows, kHidden, rows, kHidden, 7);
    FLOVER_CUDA(cudaDeviceSynchronize());
    FLOVER_CUDA(cudaStreamCreate(&stream_));
  }
  ~ProductTimes() { cudaStreamDestroy(stream_); }

  void printReadBandwidth() {
    const float ms = graphMs(
        [&] {
          readAll<<<132 * 8, 512, 0, stream_>>>(weights_.as<uint4>(), elements_ / 8,
                                                sink_.as<uint32_t>());
        },
        5);
    readGigabytes_ = bytes() / ms / 1e6;
    std::printf("read bandwidth %.0f GB/s\n", readGigabytes_);
  }

  // On all multiprocessors, and on shares of them as prompts beside decode get.
  void printIterations() {
    for (const Kernel& kernel : allKernels<Half>()) {
      const int tokens = tokensOf(kernel);
      const ActivationLayout layout{kernel.order, tokens, kIntermediate, kernel.tile};
      fillTokens<<<512, 256, 0, stream_>>>(tokens_.as<Half>(), tokens, kIntermediate, layout, 3);
      for (const int share : {0, 132, 104, 80, 66, 48}) {
        const bool ofShares = kernel.order == Order::Tiles && (tokens == 32 || tokens == 512);
        if (share && !ofShares) continue;
        printIteration(kernel, tokens, share);
      }
    }
  }

  // Prompts of other lengths.
  void printPrompts() {
    for (const int tokens : {256, 1024, kMostTokens}) {
      for (const Kernel& kernel : allKernels<Half>()) {
        if (kernel.order != Order::Tiles || kernel.tile < 128) continue;
        const ActivationLayout layout{kernel.order, tokens, kIntermediate, kernel.tile};
        fillTokens<<<512, 256, 0, stream_>>>(tokens_.as<Half>(), tokens, kIntermediate, layout, 3);
        std::printf("%4d tokens: ", tokens);
        printIteration(kernel, tokens, 0);
      }
    }
  }

  // Where the time goes, at the kernels that the engine takes on Hopper.
  void printShapes() {
    for (const Kernel& kernel : allKernels<Half>()) {
      if (kernel.order != Order::Tiles) continue;
      const int tokens = tokensOf(kernel);
      std::printf("%-34s", kernel.name);
      for (const ProductShape& s : kLayer) {
        const double ms = shapeMs(kernel, s, tokens), flops = 2.0 * s.rows * s.K * tokens;
        std::printf("  %5dx%-5d %6.1f us %4.0f GB/s %3.0f TF", s.rows, s.K, ms * 1e3,
                    2e-6 * s.rows * s.K / ms, flops / ms / 1e9);
      }
      std::printf("\n");
    }
  }

 private:
  static constexpr int kLayers = 40, kHidden = 5120, kIntermediate = 13824, kVocabulary = 32000;
  static constexpr int kMostTokens = 2048;
  // With the splits that the engine gives them.
  static constexpr ProductShape kLayer[] = {{3 * kHidden, kHidden, 1},
                                            {kHidden, kHidden, 3},
                                            {2 * kIntermediate, kHidden, 1},
                                            {kHidden, kIntermediate, 3}};

  static int tokensOf(const Kernel& kernel) { return kernel.tile >= 128 ? 512 : kernel.tile; }
  double bytes() const { return 2.0 * static_cast<double>(elements_); }

  void queue(const Kernel& kernel, const ProductShape& s, const Half* weight, int tokens,
             int share) {
    kernel.run(productOf(kernel, s, weight, tokens_.as(), tokens, out_.as<float>(), share),
               stream_);
  }

  void printIteration(const Kernel& kernel, int tokens, int share) {
    const auto iterate = [&] {
      const Half* weight = weights_.as<Half>();
      for (int layer = 0; layer < kLayers; ++layer) {
        for (const ProductShape& s : kLayer) {
          queue(kernel, s, weight, tokens, share);
          weight += static_cast<size_t>(s.rows) * s.K;
        }
      }
      queue(kernel, {kVocabulary, kHidden, 1}, weight, tokens, share);
    };
    const float ms = graphMs(iterate, tokens > 64 ? 3 : 7);
    std::printf("%-38s share %3d: %7.3f ms, %4.0f GB/s (%.1f%% of read), %3.0f TFLOP/s\n",
                kernel.name, share, ms, bytes() / ms / 1e6,
                100 * bytes() / ms / 1e6 / readGigabytes_, bytes() * tokens / ms / 1e9);
    std::fflush(stdout);
  }

  double shapeMs(const Kernel& kernel, const ProductShape& s, int tokens) {
    constexpr int kOfThem = 20;
    const auto several = [&] {
      for (int i = 0; i < kOfThem; ++i)
        queue(kernel, s, weights_.as<Half>() + static_cast<size_t>(i) * s.rows * s.K, tokens, 0);
    };
    return graphMs(several, 5) / kOfThem;
  }

  // The median of `repeats` runs of one graph.
  float graphMs(const std::function<void()>& record, int repeats) {
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    FLOVER_CUDA(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal));
    record();
    FLOVER_CUDA(cudaStreamEndCapture(stream_, &graph));
    FLOVER_CUDA(cudaGraphInstantiate(&exec, graph, 0));
    cudaEvent_t begin, end;
    FLOVER_CUDA(cudaEventCreate(&begin));
    FLOVER_CUDA(cudaEventCreate(&end));
    std::vector<float> times;
    for (int run = 0; run < repeats + 2; ++run) {
      FLOVER_CUDA(cudaEventRecord(begin, stream_));
      FLOVER_CUDA(cudaGraphLaunch(exec, stream_));
      FLOVER_CUDA(cudaEventRecord(end, stream_));
      FLOVER_CUDA(cudaEventSynchronize(end));
      float ms = 0;
      FLOVER_CUDA(cudaEventElapsedTime(&ms, begin, end));
      if (run > 1) times.push_back(ms);
    }
    FLOVER_CUDA(cudaEventDestroy(begin));
    FLOVER_CUDA(cudaEventDestroy(end));
    FLOVER_CUDA(cudaGraphExecDestroy(exec));
    FLOVER_CUDA(cudaGraphDestroy(graph));
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

  size_t elements_;
  DeviceBuffer weights_, tokens_, out_, sink_;
  cudaStream_t stream_ = nullptr;
  double readGigabytes_ = 0;
};

}  // namespace
}  // namespace flover::cuda
