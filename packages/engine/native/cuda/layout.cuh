// Where an element lies: weights in the order of matrix-instruction fragments, activations as the
// product kernels want them.
#pragma once
#include <cstdint>

namespace flover::cuda {

// K is padded with zeros to whole units of 64 and rows to whole tiles of 128.
constexpr int kUnit = 64;
constexpr int kRowTile = 128;
// A sum over K is cut into `splits` runs of whole units, fixed by the weight's shape and never by
// the batch; the next kernel adds them in ascending order. On Hopper a split is one accumulator
// chain; before it is kParts chains, one a warp, added in order.
constexpr int kParts = 8;

__host__ __device__ constexpr int padded(int value, int to) { return (value + to - 1) / to * to; }

// First unit of run `run` of all `runs` over `units`.
__host__ __device__ __forceinline__ int runStart(int run, int runs, int units) {
  return static_cast<int>(static_cast<int64_t>(run) * units / runs);
}

// Place of unit `unit` of a strip of 16 rows, among all such pieces of a 16-bit weight.
__host__ __device__ __forceinline__ int64_t stripUnit(int strip, int unit, int paddedK) {
  constexpr int strips = kRowTile / 16;
  return (static_cast<int64_t>(strip / strips) * (paddedK / kUnit) + unit) * strips +
         strip % strips;
}

// Element (row, k) of a 16-bit weight: [row/128][k/64][strip of 16 rows][k/16 % 4][lane 32][8], the
// A fragment of mma.m16n8k16 and of wgmma; what a block takes of 64 k is one run of memory.
__host__ __device__ __forceinline__ int64_t fragmentIndex(int row, int k, int paddedK) {
  const int lane = (row % 8) * 4 + (k % 8) / 2;
  const int reg = (row % 16) / 8 + (k % 16) / 8 * 2;
  return ((stripUnit(row / 16, k / kUnit, paddedK) * 4 + k % kUnit / 16) * 32 + lane) * 8 +
         reg * 2 + k % 2;
}

// How the right-hand side of a product lies in memory.
enum class Order : int {
  // [token/tile][k/8][token % tile][8]: core matrices of wgmma, copied to shared memory as they are
  Tiles,
  Fragments,  // [k/16][tokens/8][lane 32][4]: B fragments of mma.m16n8k16
  Rows,       // [tokens][k]: plain, for fp32
};

struct ActivationLayout {
  Order order = Order::Tiles;
  int tokens = 0;  // padded number of tokens, the stride
  int paddedK = 0;
  int tile = 0;  // of Tiles: tokens that a block of the product takes, a power of two
  __host__ __device__ __forceinline__ int64_t index(int k, int token) const {
    if (order == Order::Tiles) {
      const int within = token & (tile - 1);
      return static_cast<int64_t>(token - within) * paddedK + (k / 8 * tile + within) * 8 + k % 8;
    }
    if (order == Order::Rows) return static_cast<int64_t>(token) * paddedK + k;
    const int lane = (token % 8) * 4 + (k % 8) / 2;
    return ((static_cast<int64_t>(k / 16) * (tokens / 8) + token / 8) * 32 + lane) * 4 +
           (k % 16) / 8 * 2 + k % 2;
  }
};

}  // namespace flover::cuda
