// Attention of prompts: a block takes up to 64 consecutive queries of one sequence and head, four
// warps of 16 rows each, and goes through the keys in tiles of 64 from position 0 with a running
// maximum and sum a row (online softmax). A row's bits depend on its own position alone: tiles past
// it leave the row as it is.
//
// Grid: heads x tiles of queries. In: queries [token][head][D], keys and values [block][kvHead]
// [token in block][D], D = 64, 128 or 256 elements of 16 bits. Out: the output product's right-hand
// side, by a.layout. Shared memory: the queries [64][D], then two stages of keys [64][D] and values
// [64][D]: one tile is copied while the one before is computed.
//
// Bytes: a row's queries and result once; keys and values once for each 64 queries and head, from
// the second-level cache. Measured within prompts: flover_cuda_bench prefill.
#include "attention.h"
#include "bounds.h"
#include "mma.cuh"
#include "pdl.cuh"
#include "shared-memory.cuh"
#include "types.cuh"

namespace flover::cuda {

namespace {

constexpr int kKeys = kQueryTile;  // as many keys as queries: queryTileBytes
constexpr int kThreads = 128;
constexpr int kRows = 16;  // of queries, a warp

// 16-byte chunk `chunk` of row `row`, rows of D elements: chunks of eight neighbouring rows fall on
// different banks.
template <int D>
__device__ __forceinline__ uint32_t swizzled(int row, int chunk) {
  return static_cast<uint32_t>(row * D * 2 + (chunk ^ (row & 7)) * 16);
}
__device__ __forceinline__ uint32_t pack(float a, float b, Half) {
  const __half2 h = __floats2half2_rn(a, b);
  return *reinterpret_cast<const uint32_t*>(&h);
}
__device__ __forceinline__ uint32_t pack(float a, float b, Bfloat) {
  const __nv_bfloat162 h = __floats2bfloat162_rn(a, b);
  return *reinterpret_cast<const uint32_t*>(&h);
}

// Starts copying the tile's queries; rows past its end repeat the last one and are not stored.
template <typename T, int D>
__device__ __forceinline__ void fetchQueries(const Attention& a, const QueryTile& tile, int head,
                                             uint32_t queries) {
  for (int i = threadIdx.x; i < kQueryTile * D / 8; i += kThreads) {
    const int row = i / (D / 8), chunk = i % (D / 8);
    const int token = tile.token + min(row, tile.count - 1);
    copyAsync(queries + swizzled<D>(row, chunk),
              static_cast<const T*>(a.queries) +
                  (static_cast<int64_t>(token) * a.heads + head) * D + chunk * 8,
              true);
  }
}

// Starts copying keys and values of tile `tile`; what lies past `length` becomes zero.
template <typename T, int D>
__device__ __forceinline__ void fetchKeys(const Attention& a, const int* blocks, int kvHead,
                                          int tile, int length, uint32_t keys, uint32_t values) {
#pragma unroll
  for (int i = threadIdx.x; i < kKeys * D / 8; i += kThreads) {
    const int key = i / (D / 8), chunk = i % (D / 8), position = tile * kKeys + key;
    int64_t row = 0;
    if (position < length) {
      const int index = a.blockDivider ? __umulhi(position, a.blockDivider) : position;
      row = static_cast<int64_t>((__ldg(&blocks[index]) * a.kvHeads + kvHead) * a.blockTokens +
                                 position - index * a.blockTokens);
    }
    const int64_t at = row * D + chunk * 8;
    copyAsync(keys + swizzled<D>(key, chunk), static_cast<const T*>(a.keys) + at,
              position < length);
    copyAsync(values + swizzled<D>(key, chunk), static_cast<const T*>(a.values) + at,
              position < length);
  }
  commitCopies();
}

// s = queries x keys, of a warp's rows and a tile's keys; s[n] are the keys from 8 n on.
template <typename T, int D>
__device__ __forceinline__ void multiplyKeys(uint32_t queries, uint32_t keys, int warp, int lane,
                                             float (*s)[4]) {
#pragma unroll
  for (int n = 0; n < 8; n++) s[n][0] = s[n][1] = s[n][2] = s[n][3] = 0.0f;
#pragma unroll
  for (int k = 0; k < D / 16; k++) {
    uint4 q;
    loadMatrices(q, queries + swizzled<D>(warp * kRows + lane % 16, k * 2 + lane / 16));
#pragma unroll
    for (int n = 0; n < 4; n++) {
      uint4 b;
      loadMatrices(b, keys + swizzled<D>(n * 16 + lane / 16 * 8 + lane % 8, k * 2 + lane / 8 % 2));
      multiply<T>(s[2 * n], q, make_uint2(b.x, b.y));
      multiply<T>(s[2 * n + 1], q, make_uint2(b.z, b.w));
    }
  }
}

// What a lane holds of its two rows, h = 0 and 1: rows lane / 4 + 8 h of its warp. Of scores and of
// weighted values, [n][h * 2 + c] is column n * 8 + lane % 4 * 2 + c.
template <int D>
struct Rows {
  float maximum[2] = {-INFINITY, -INFINITY};  // of the scores so far
  float sum[2] = {0.0f, 0.0f};                // of the weights so far, this lane's columns alone
  float out[D / 8][4];                        // weighted values so far

  __device__ __forceinline__ Rows() {
#pragma unroll
    for (int n = 0; n < D / 8; n++) out[n][0] = out[n][1] = out[n][2] = out[n][3] = 0.0f;
  }

  // Scores become weights under the new maximum, and what was made under the old one shrinks to
  // it. `firstKey` is the tile's; `position` is that of row h, which sees keys up to its own.
  __device__ __forceinline__ void weigh(float (*s)[4], int lane, int h, int firstKey, int position,
                                        float scale) {
    float top = maximum[h];
#pragma unroll
    for (int n = 0; n < 8; n++)
#pragma unroll
      for (int c = 0; c < 2; c++) {
        const int key = firstKey + n * 8 + lane % 4 * 2 + c;
        float& x = s[n][h * 2 + c];
        x = key <= position ? x * scale : -INFINITY;
        top = fmaxf(top, x);
      }
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
    // Where all keys so far score minus infinity there is nothing to subtract.
    const float reference = top == -INFINITY ? 0.0f : top;
    const float shrink = exp2f(maximum[h] - reference);
    maximum[h] = top;
    float weights = 0.0f;
#pragma unroll
    for (int n = 0; n < 8; n++)
#pragma unroll
      for (int c = 0; c < 2; c++) {
        float& x = s[n][h * 2 + c];
        x = exp2f(x - reference);
        weights += x;
      }
    sum[h] = sum[h] * shrink + weights;
#pragma unroll
    for (int n = 0; n < D / 8; n++) out[n][h * 2] *= shrink, out[n][h * 2 + 1] *= shrink;
  }

  // out += weights x values. The weights lie as the instruction wants them for A: 16 keys at once.
  template <typename T>
  __device__ __forceinline__ void addValues(int lane, const float (*weights)[4], uint32_t values) {
#pragma unroll
    for (int k = 0; k < 4; k++) {
      const float *low = weights[2 * k], *high = weights[2 * k + 1];
      const uint4 p = make_uint4(pack(low[0], low[1], T()), pack(low[2], low[3], T()),
                                 pack(high[0], high[1], T()), pack(high[2], high[3], T()));
#pragma unroll
      for (int n = 0; n < D / 16; n++) {
        uint4 b;
        loadTransposed(b, values + swizzled<D>(k * 16 + lane % 16, n * 2 + lane / 16));
        multiply<T>(out[2 * n], p, make_uint2(b.x, b.y));
        multiply<T>(out[2 * n + 1], p, make_uint2(b.z, b.w));
      }
    }
  }

  // Divides row h by the sum of all its weights and stores it, where the tile has such a row.
  template <typename T>
  __device__ __forceinline__ void store(const Attention& a, const QueryTile& tile, int head,
                                        int warp, int lane, int h) {
    sum[h] += __shfl_xor_sync(0xffffffffu, sum[h], 1);
    sum[h] += __shfl_xor_sync(0xffffffffu, sum[h], 2);
    const int row = warp * kRows + lane / 4 + h * 8;
    if (row >= tile.count) return;
    T* x = static_cast<T*>(a.x);
#pragma unroll
    for (int n = 0; n < D / 8; n++) {
      const int d = n * 8 + lane % 4 * 2;
      if (d >= a.headDim) continue;  // head dimensions are even
      *reinterpret_cast<uint32_t*>(x + a.layout.index(head * a.headDim + d, tile.token + row)) =
          pack(out[n][h * 2] / sum[h], out[n][h * 2 + 1] / sum[h], T());
    }
  }
};

template <typename T, int D>
__global__ void __launch_bounds__(kThreads) queryTiles(const __grid_constant__ Attention a) {
  extern __shared__ __align__(128) uint8_t shared[];
  constexpr int tileBytes = kKeys * D * 2;
  letNextStart();
  waitForPrevious();
  // Late tiles have most keys: they go first.
  const int index = a.header->queryTiles - 1 - static_cast<int>(blockIdx.y);
  if (index < 0) return;
  const QueryTile tile = a.tiles[index];
  const int head = blockIdx.x, kvHead = head / (a.heads / a.kvHeads);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int* blocks = a.rowBlocks + static_cast<int64_t>(tile.row) * a.rowBlocksStride;
  const int length = tile.position + tile.count, tilesOfKeys = (length + kKeys - 1) / kKeys;
  const uint32_t queries = sharedAddress(shared), stages = queries + tileBytes;
  fetchQueries<T, D>(a, tile, head, queries);
  fetchKeys<T, D>(a, blocks, kvHead, 0, length, stages, stages + tileBytes);
  Rows<D> rows;
  const int firstPosition = tile.position + warp * kRows + lane / 4;
  for (int j = 0; j < tilesOfKeys; j++) {
    const uint32_t keys = stages + j % 2 * 2 * tileBytes, values = keys + tileBytes;
    __syncthreads();  // all warps have read what the next copies overwrite
    if (j + 1 < tilesOfKeys) {
      const uint32_t next = stages + (j + 1) % 2 * 2 * tileBytes;
      fetchKeys<T, D>(a, blocks, kvHead, j + 1, length, next, next + tileBytes);
      waitForCopies<1>();
    } else {
      waitForCopies<0>();
    }
    __syncthreads();
    float s[8][4];
    multiplyKeys<T, D>(queries, keys, warp, lane, s);
#pragma unroll
    for (int h = 0; h < 2; h++) rows.weigh(s, lane, h, j * kKeys, firstPosition + h * 8, a.scale);
    rows.template addValues<T>(lane, s, values);
  }
#pragma unroll
  for (int h = 0; h < 2; h++) rows.template store<T>(a, tile, head, warp, lane, h);
}

template <typename T, int D>
void launch(const Attention& a, int tiles, cudaStream_t stream) {
  launchDependent(queryTiles<T, D>, dim3(a.heads, tiles), dim3(kThreads), queryTileBytes(D), stream,
                  a);
}

template <typename T>
void dispatch(const Attention& a, int tiles, cudaStream_t stream) {
  a.stride == 64    ? launch<T, 64>(a, tiles, stream)
  : a.stride == 128 ? launch<T, 128>(a, tiles, stream)
                    : launch<T, 256>(a, tiles, stream);
}

// Asks for the shared memory, where the device has so much: heads of 256 need 160 KiB.
template <typename T, int D>
void allow() {
  int device = 0, most = 0;
  FLOVER_CUDA(cudaGetDevice(&device));
  FLOVER_CUDA(cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  if (queryTileBytes(D) > most) return;
  FLOVER_CUDA(cudaFuncSetAttribute(queryTiles<T, D>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   queryTileBytes(D)));
}

}  // namespace

void attendTiles(const Attention& a, DataType type, int tiles, cudaStream_t stream) {
  type == DataType::F16 ? dispatch<Half>(a, tiles, stream) : dispatch<Bfloat>(a, tiles, stream);
}

void prepareAttentionTiles() {
  allow<Half, 64>(), allow<Half, 128>(), allow<Half, 256>();
  allow<Bfloat, 64>(), allow<Bfloat, 128>(), allow<Bfloat, 256>();
}

}  // namespace flover::cuda
