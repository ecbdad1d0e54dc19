// The families of product kernels behind `product`.
#pragma once
#include "product.h"

namespace flover::cuda {

// wgmma, sm_90a; activations in Order::Tiles, layout.tile of 8, 16, 32, 64, 128 divides
// layout.tokens.
void productTiles(const Product& p, DataType type, cudaStream_t stream);
void prepareProductTiles();
// The same in blocks of two tiles: layout.tile is 128, layout.tokens a multiple of 256.
void productWide(const Product& p, DataType type, cudaStream_t stream);
void prepareProductWide();
// Whether this build holds code of these kernels for the device: it may have been made for others.
bool hasProductTiles();

// mma.m16n8k16, sm_80 and later; activations in Order::Fragments.
void productFragments(const Product& p, DataType type, cudaStream_t stream);

// fp32; activations in Order::Rows.
void productRows(const Product& p, cudaStream_t stream);

}  // namespace flover::cuda
