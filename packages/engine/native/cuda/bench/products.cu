// Weight products alone: all products of one LLaMA-13B iteration, in one graph, for every batch
// bucket and for prefill, as a share of the read bandwidth and of the matrix rate measured in the
// same run. First, that the sums are right, and that a token's bits do not depend on its company.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include "../product_fragments.cu"
#include "../product_tiles.cu"

namespace flover::cuda {
namespace {

__device__ uint32_t mix(uint64_t i, uint32_t seed) {
  uint32_t x = static_cast<uint32_t>(i) * 2654435761u ^ seed ^ static_cast<uint32_t>(i >> 32) * 97u;
  x ^= x >> 15, x *= 2246822519u, x ^= x >> 13, x *= 3266489917u, x ^= x >> 16;
  return x;
}
__device__ float weightValue(uint32_t seed, int row, int k, int K) {
  return (static_cast<int>(mix(static_cast<uint64_t>(row) * K + k, seed) & 2047) - 1024) * 2e-5f;
}
__device__ float tokenValue(uint32_t seed, int token, int k) {
  return (static_cast<int>(mix(static_cast<uint64_t>(token) * 65536 + k, seed) & 2047) - 1024) *
         1e-3f;
}

template <typename T>
__global__ void fillWeight(T* to, int rows, int K, int paddedRows, int paddedK, uint32_t seed) {
  const int64_t n = static_cast<int64_t>(paddedRows) * paddedK,
                step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step) {
    const int row = static_cast<int>(i / paddedK), k = static_cast<int>(i % paddedK);
    to[fragmentIndex(row, k, paddedK)] =
        fromFloat<T>(row < rows && k < K ? weightValue(seed, row, k, K) : 0.0f);
  }
}
template <typename T>
__global__ void fillTokens(T* to, int tokens, int first, int K, ActivationLayout layout,
                           uint32_t seed) {
  const int64_t n = static_cast<int64_t>(layout.tokens) * layout.paddedK,
                step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step) {
    const int token = static_cast<int>(i % layout.tokens), k = static_cast<int>(i / layout.tokens);
    to[layout.index(k, token)] =
        fromFloat<T>(token < tokens && k < K ? tokenValue(seed, token + first, k) : 0.0f);
  }
}
template <typename T>
__global__ void reference(double* out, int rows, int K, int tokens, uint32_t ws, uint32_t xs) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= rows * tokens) return;
  const int token = i / rows, row = i % rows;
  double s = 0;
  for (int k = 0; k < K; k++)
    s += static_cast<double>(toFloat(fromFloat<T>(weightValue(ws, row, k, K)))) *
         toFloat(fromFloat<T>(tokenValue(xs, token, k)));
  out[i] = s;
}
__global__ void readAll(const uint4* p, size_t n, uint32_t* sink) {
  uint32_t s = 0;
  const size_t step = static_cast<size_t>(gridDim.x) * blockDim.x;
  size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i + 3 * step < n; i += 4 * step) {
    uint4 v[4];
#pragma unroll
    for (int j = 0; j < 4; j++) v[j] = __ldcs(p + i + j * step);
#pragma unroll
    for (int j = 0; j < 4; j++) s ^= v[j].x ^ v[j].y ^ v[j].z ^ v[j].w;
  }
  if (s == 0x12345678) *sink = s;
}

struct Kernel {
  const char* name;
  int tile;  // tokens a block takes
  Order order;
  std::function<void(const Product&, cudaStream_t)> run;
};

template <typename T>
struct Kernels {
  static std::vector<Kernel> all() {
    std::vector<Kernel> list;
#define TILE(N)                                 \
  prepare<T, N>();                              \
  list.push_back({"tiles " #N, N, Order::Tiles, \
                  [](const Product& p, cudaStream_t s) { launch<T, N>(p, s); }});
#define FRAG(NT, U)                                                            \
  list.push_back({"fragments " #NT " in flight " #U, NT * 8, Order::Fragments, \
                  [](const Product& p, cudaStream_t s) { launch<T, NT, U>(p, s); }});
    FRAG(1, 8)
    FRAG(2, 4)
    FRAG(4, 4)
    TILE(8)
    TILE(16)
    TILE(32)
    TILE(64)
    TILE(128)
    return list;
  }
};

cudaStream_t stream;
int failures = 0;

int allMultiprocessors() {
  int count = 0;
  FLOVER_CUDA(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, 0));
  return count;
}

float timeGraph(const std::function<void()>& record, int repeats) {
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  FLOVER_CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  record();
  FLOVER_CUDA(cudaStreamEndCapture(stream, &graph));
  FLOVER_CUDA(cudaGraphInstantiate(&exec, graph, 0));
  cudaEvent_t a, b;
  cudaEventCreate(&a), cudaEventCreate(&b);
  std::vector<float> times;
  for (int r = 0; r < repeats + 2; r++) {
    cudaEventRecord(a, stream);
    FLOVER_CUDA(cudaGraphLaunch(exec, stream));
    cudaEventRecord(b, stream);
    FLOVER_CUDA(cudaEventSynchronize(b));
    float ms;
    cudaEventElapsedTime(&ms, a, b);
    if (r > 1) times.push_back(ms);
  }
  cudaGraphExecDestroy(exec);
  cudaGraphDestroy(graph);
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

template <typename T>
void checkSums(const char* type) {
  struct Shape {
    int rows, K, splits;
  };
  uint32_t seed = 12345;
  for (Shape s : {Shape{960, 576, 1}, Shape{5120, 5120, 2}, Shape{1000, 13824, 2},
                  Shape{130, 64, 1}, Shape{512, 1280, 3}}) {
    seed = seed * 1664525 + 1013904223;
    const int paddedRows = padded(s.rows, kRowTile), paddedK = padded(s.K, kUnit), most = 512;
    T *w, *x;
    float* out;
    double* ref;
    FLOVER_CUDA(cudaMalloc(&w, sizeof(T) * paddedRows * paddedK));
    FLOVER_CUDA(cudaMalloc(&x, sizeof(T) * most * paddedK));
    FLOVER_CUDA(cudaMalloc(&out, 4LL * s.splits * most * s.rows));
    FLOVER_CUDA(cudaMalloc(&ref, 8LL * most * s.rows));
    fillWeight<<<512, 256, 0, stream>>>(w, s.rows, s.K, paddedRows, paddedK, seed);
    reference<T>
        <<<(s.rows * 130 + 127) / 128, 128, 0, stream>>>(ref, s.rows, s.K, 130, seed, seed + 1);
    std::vector<double> r(130LL * s.rows);
    FLOVER_CUDA(cudaStreamSynchronize(stream));
    FLOVER_CUDA(cudaMemcpy(r.data(), ref, r.size() * 8, cudaMemcpyDeviceToHost));
    std::vector<float> tileSums, fragmentSums;
    const auto checkKernel = [&](const Kernel& k, int share) {
      const int tokens = k.tile >= 128 ? 130 : std::max(1, k.tile - 3),
                stride = padded(tokens, k.tile);
      Product p;
      p.weight = {w, nullptr, s.rows, paddedRows, paddedK, s.splits};
      p.x = x;
      p.layout = {k.order, stride, paddedK, k.tile};
      p.tokens = tokens;
      p.multiprocessors = share ? share : allMultiprocessors();
      p.beside = share != 0;
      p.epilogue.partials = out;
      p.epilogue.partialStride = s.rows;
      FLOVER_CUDA(cudaMemsetAsync(out, 0xff, 4LL * s.splits * most * s.rows, stream));
      fillTokens<<<512, 256, 0, stream>>>(x, tokens, 0, s.K, p.layout, seed + 1);
      FLOVER_CUDA(cudaStreamSynchronize(stream));
      k.run(p, stream);
      FLOVER_CUDA(cudaStreamSynchronize(stream));
      std::vector<float> got(static_cast<size_t>(s.splits) * stride * s.rows);
      FLOVER_CUDA(cudaMemcpy(got.data(), out, got.size() * 4, cudaMemcpyDeviceToHost));
      double error = 0, norm = 0;
      std::vector<float> sums(static_cast<size_t>(tokens) * s.rows);
      for (int t = 0; t < tokens; t++)
        for (int i = 0; i < s.rows; i++) {
          float sum = 0;
          for (int c = 0; c < s.splits; c++)
            sum += got[(static_cast<size_t>(c) * stride + t) * s.rows + i];
          sums[static_cast<size_t>(t) * s.rows + i] = sum;
          const double d = sum - r[static_cast<size_t>(t) * s.rows + i];
          error += d * d, norm += r[static_cast<size_t>(t) * s.rows + i] *
                                  r[static_cast<size_t>(t) * s.rows + i];
          if (!(sum == sum)) error = 1e30;
        }
      const double relative = std::sqrt(error / norm);
      auto same = [&](std::vector<float>& a) {
        if (a.empty()) {
          a = sums;
          return true;
        }
        const size_t n = std::min(a.size(), sums.size());
        const bool equal = !std::memcmp(a.data(), sums.data(), n * 4);
        if (sums.size() > a.size()) a = sums;
        return equal;
      };
      const bool equal = same(k.order == Order::Tiles ? tileSums : fragmentSums);
      if (!(relative < 1e-5) || !equal) {
        failures++;
        std::printf("FAILED %s rows %d K %d splits %d: %-32s share %d error %.1e, %s\n", type,
                    s.rows, s.K, s.splits, k.name, share, relative,
                    equal ? "same bits" : "BITS DIFFER");
      }
    };
    for (const Kernel& k : Kernels<T>::all()) {
      checkKernel(k, 0);
      if (k.order == Order::Tiles) checkKernel(k, 1), checkKernel(k, 3);
    }
    cudaFree(w), cudaFree(x), cudaFree(out), cudaFree(ref);
  }
  std::printf("%s sums checked\n", type);
}

void bench() {
  FLOVER_CUDA(cudaStreamCreate(&stream));
  checkSums<Half>("fp16");
  checkSums<Bfloat>("bf16");
  struct Shape {
    int rows, K, splits;
  };
  const int L = 40, D = 5120, F = 13824, V = 32000;
  // with the splits that the engine gives them
  const std::vector<Shape> layer = {{3 * D, D, 1}, {D, D, 3}, {2 * F, D, 1}, {D, F, 3}};
  size_t elements = static_cast<size_t>(V) * D;
  for (auto& s : layer) elements += static_cast<size_t>(L) * s.rows * s.K;
  Half *all, *x;
  float* out;
  uint32_t* sink;
  FLOVER_CUDA(cudaMalloc(&all, elements * 2));
  FLOVER_CUDA(cudaMalloc(&x, 512LL * F * 2));
  FLOVER_CUDA(cudaMalloc(&out, 4LL * 4 * 512 * 32000));
  FLOVER_CUDA(cudaMalloc(&sink, 4));
  fillWeight<<<4096, 256, 0, stream>>>(all, static_cast<int>(elements / D), D,
                                       static_cast<int>(elements / D), D, 7);
  FLOVER_CUDA(cudaStreamSynchronize(stream));
  const double bytes = 2.0 * elements;
  const float readMs = timeGraph(
      [&] {
        readAll<<<132 * 8, 512, 0, stream>>>(reinterpret_cast<uint4*>(all), elements / 8, sink);
      },
      5);
  const double readRate = bytes / readMs / 1e6;
  std::printf("read bandwidth %.0f GB/s\n", readRate);
  auto iterate = [&](const Kernel& k, int tokens, int share) {
    const Half* w = all;
    auto one = [&](const Shape& s) {
      Product p;
      p.weight = {w, nullptr, s.rows, s.rows, s.K, s.splits};
      p.x = x;
      p.layout = {k.order, tokens, s.K, k.tile};
      p.tokens = tokens;
      p.multiprocessors = share ? share : allMultiprocessors();
      p.beside = share != 0;
      p.epilogue.partials = out;
      p.epilogue.partialStride = s.rows;
      k.run(p, stream);
      w += static_cast<size_t>(s.rows) * s.K;
    };
    for (int l = 0; l < L; l++)
      for (auto& s : layer) one(s);
    one({V, D, 1});
  };
  for (const Kernel& k : Kernels<Half>::all()) {
    const int tokens = k.tile >= 128 ? 512 : k.tile;
    fillTokens<<<512, 256, 0, stream>>>(x, tokens, 0, F,
                                        ActivationLayout{k.order, tokens, F, k.tile}, 3);
    // All multiprocessors, and shares of them as prompts beside decode get.
    for (int share : {0, 132, 104, 80, 66, 48}) {
      if (share && (k.order != Order::Tiles || (tokens != 32 && tokens != 512))) continue;
      const float ms = timeGraph([&] { iterate(k, tokens, share); }, tokens > 64 ? 3 : 7);
      std::printf("%-38s share %3d: %7.3f ms, %4.0f GB/s (%.1f%% of read), %3.0f TFLOP/s\n", k.name,
                  share, ms, bytes / ms / 1e6, 100 * bytes / ms / 1e6 / readRate,
                  2.0 * elements * tokens / ms / 1e9);
      std::fflush(stdout);
    }
  }
  // each shape alone at the chosen kernels: where the time goes
  for (const Kernel& k : Kernels<Half>::all()) {
    if (k.tile > 64 ? false : std::strstr(k.name, "tiles") == nullptr) continue;
    const int tokens = k.tile >= 128 ? 512 : k.tile;
    std::printf("%-34s", k.name);
    for (auto& s : layer) {
      const float ms = timeGraph(
                           [&] {
                             for (int l = 0; l < 20; l++) {
                               Product p;
                               p.weight = {all + static_cast<size_t>(l) * s.rows * s.K,
                                           nullptr,
                                           s.rows,
                                           s.rows,
                                           s.K,
                                           s.splits};
                               p.x = x;
                               p.layout = {k.order, tokens, s.K, k.tile};
                               p.tokens = tokens;
                               p.multiprocessors = allMultiprocessors();
                               p.epilogue.partials = out;
                               p.epilogue.partialStride = s.rows;
                               k.run(p, stream);
                             }
                           },
                           5) /
                       20;
      std::printf("  %5dx%-5d %6.1f us %4.0f GB/s %3.0f TF", s.rows, s.K, ms * 1e3,
                  2e-6 * s.rows * s.K / ms, 2e-9 * s.rows * s.K * tokens / ms);
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace flover::cuda

int main() {
  try {
    flover::cuda::bench();
    return flover::cuda::failures > 0;
  } catch (const std::exception& e) {
    std::printf("failed: %s\n", e.what());
    return 1;
  }
}
