// The kernels that are measured: those of the engine, in this translation unit, so that each can be
// launched by itself.
#pragma once
#include <functional>
#include <vector>

#include "../product-fragments.cu"
#include "../product-tiles.cu"
#include "../product-wide.cu"

namespace flover::cuda {
namespace {

struct Kernel {
  const char* name;
  int tile;     // tokens that lie together
  int padding;  // what tokens are padded to
  Order order;
  std::function<void(const Product&, cudaStream_t)> run;
};

// A weight, as the engine cuts it.
struct ProductShape {
  int rows, K, splits;
};

template <typename T>
std::vector<Kernel> allKernels() {
  std::vector<Kernel> list;
#define TILE(N)                                    \
  prepare<T, N>();                                 \
  list.push_back({"tiles " #N, N, N, Order::Tiles, \
                  [](const Product& p, cudaStream_t s) { launch<T, N>(p, s); }});
#define FRAGMENTS(NT, U)                                                               \
  list.push_back({"fragments " #NT " in flight " #U, NT * 8, NT * 8, Order::Fragments, \
                  [](const Product& p, cudaStream_t s) { launch<T, NT, U>(p, s); }});
  FRAGMENTS(1, 8)
  FRAGMENTS(2, 4)
  FRAGMENTS(4, 4)
  TILE(8)
  TILE(16)
  TILE(32)
  TILE(64)
  TILE(128)
  prepareWide<T>();
  list.push_back({"tiles 2 x 128", 128, 256, Order::Tiles, launchWide<T>});
#undef FRAGMENTS
#undef TILE
  return list;
}

int allMultiprocessors() {
  int count = 0;
  FLOVER_CUDA(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, 0));
  return count;
}

// Sums of `tokens` tokens to `out`, on `share` multiprocessors or, where it is 0, on all.
Product productOf(const Kernel& kernel, const ProductShape& shape, const void* weight,
                  const void* tokensAt, int tokens, float* out, int share) {
  Product p;
  const int paddedK = padded(shape.K, kUnit);
  p.weight = {weight, nullptr, shape.rows, padded(shape.rows, kRowTile), paddedK, shape.splits};
  p.x = tokensAt;
  p.layout = {kernel.order, padded(tokens, kernel.padding), paddedK, kernel.tile};
  p.tokens = tokens;
  p.multiprocessors = share ? share : allMultiprocessors();
  p.spare = spareFor(tokens, p.multiprocessors);
  p.beside = share != 0;
  p.epilogue.partials = out;
  p.epilogue.partialStride = shape.rows;
  return p;
}

}  // namespace
}  // namespace flover::cuda
