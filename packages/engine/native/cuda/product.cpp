#include "product.h"

#include <algorithm>

#include "product-kernels.h"

namespace flover::cuda {

namespace {

// Tokens that a block of the Hopper kernel takes at once.
int tileTokens(int tokens) {
  if (tokens <= 8) return 8;
  if (tokens <= 16) return 16;
  if (tokens <= 32) return 32;
  if (tokens <= 64) return 64;
  return 128;
}

// Whether blocks take two tiles of tokens. Beside decode they gain the prompt as much as they cost
// the iterations: measured, docs/engine-speed.md.
bool isWide(const Product& p) {
  return !p.beside && p.layout.tile == 128 && p.layout.tokens % 256 == 0;
}

}  // namespace

ActivationLayout activationLayout(int tokens, int paddedK, DataType type, bool hopper) {
  ActivationLayout layout;
  layout.paddedK = paddedK;
  layout.order = type == DataType::F32 ? Order::Rows : hopper ? Order::Tiles : Order::Fragments;
  layout.tile = tileTokens(tokens);
  layout.tokens = padded(std::max(tokens, 1), layout.order == Order::Tiles ? layout.tile : 8);
  return layout;
}

void product(const Product& p, DataType type, bool hopper, cudaStream_t stream) {
  if (type == DataType::F32) return productRows(p, stream);
  if (!hopper) return productFragments(p, type, stream);
  return isWide(p) ? productWide(p, type, stream) : productTiles(p, type, stream);
}

bool hopperProducts(int major) { return major == 9 && hasProductTiles(); }

void prepareProducts(bool hopper) {
  if (hopper) prepareProductTiles(), prepareProductWide();
}

}  // namespace flover::cuda
