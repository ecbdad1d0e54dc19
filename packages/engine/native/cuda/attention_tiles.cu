// Attention of prompts: a block takes up to 64 consecutive queries of one sequence and head, four
// warps of 16 rows each, and goes through the keys in tiles of 64 from position 0, two tiles in
// shared memory. Running maximum and sum a row, so a row's bits depend on its own position alone:
// tiles past it leave the row as it is. Bytes: keys and values once for each 64 queries and head,
// from the second-level cache.
#include "attention.h"
#include "bounds.h"
#include "pdl.cuh"
#include "types.cuh"

namespace flover::cuda {

namespace {

constexpr int kKeys = kQueryTile;  // as many keys as queries: queryTileBytes
constexpr int kThreads = 128;

__device__ __forceinline__ uint32_t sharedAddress(const void* p) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}

// 16-byte chunk `chunk` of row `row`, rows of D elements: chunks of eight neighbouring rows fall on
// different banks.
template <int D>
__device__ __forceinline__ uint32_t swizzled(int row, int chunk) {
  return static_cast<uint32_t>(row * D * 2 + (chunk ^ (row & 7)) * 16);
}
__device__ __forceinline__ void copyAsync(uint32_t to, const void* from, bool present) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from),
               "r"(present ? 16 : 0));
}
__device__ __forceinline__ void loadMatrices(uint32_t* r, uint32_t at) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(at));
}
__device__ __forceinline__ void loadTransposed(uint32_t* r, uint32_t at) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(at));
}
template <typename T>
__device__ __forceinline__ void multiply(float* c, const uint32_t* a, uint32_t b0, uint32_t b1);
template <>
__device__ __forceinline__ void multiply<Half>(float* c, const uint32_t* a, uint32_t b0,
                                               uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
      "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
template <>
__device__ __forceinline__ void multiply<Bfloat>(float* c, const uint32_t* a, uint32_t b0,
                                                 uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
__device__ __forceinline__ uint32_t pack(float a, float b, Half) {
  const __half2 h = __floats2half2_rn(a, b);
  return *reinterpret_cast<const uint32_t*>(&h);
}
__device__ __forceinline__ uint32_t pack(float a, float b, Bfloat) {
  const __nv_bfloat162 h = __floats2bfloat162_rn(a, b);
  return *reinterpret_cast<const uint32_t*>(&h);
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
  asm volatile("cp.async.commit_group;" ::: "memory");
}

template <typename T, int D>
__device__ __forceinline__ void scores(uint32_t queries, uint32_t keys, int warp, int lane,
                                       float (*s)[4]) {
#pragma unroll
  for (int n = 0; n < 8; n++) s[n][0] = s[n][1] = s[n][2] = s[n][3] = 0.0f;
#pragma unroll
  for (int k = 0; k < D / 16; k++) {
    uint32_t q[4];
    loadMatrices(q, queries + swizzled<D>(warp * 16 + lane % 16, k * 2 + lane / 16));
#pragma unroll
    for (int n = 0; n < 4; n++) {
      uint32_t b[4];
      loadMatrices(b, keys + swizzled<D>(n * 16 + lane / 16 * 8 + lane % 8, k * 2 + lane / 8 % 2));
      multiply<T>(s[2 * n], q, b[0], b[1]);
      multiply<T>(s[2 * n + 1], q, b[2], b[3]);
    }
  }
}

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
  const uint32_t queries = sharedAddress(shared), ring = queries + tileBytes;
  for (int i = threadIdx.x; i < kQueryTile * D / 8; i += kThreads) {
    const int row = i / (D / 8), chunk = i % (D / 8);
    const int token = tile.token + min(row, tile.count - 1);
    copyAsync(queries + swizzled<D>(row, chunk),
              static_cast<const T*>(a.queries) +
                  (static_cast<int64_t>(token) * a.heads + head) * D + chunk * 8,
              true);
  }
  fetchKeys<T, D>(a, blocks, kvHead, 0, length, ring, ring + tileBytes);
  float out[D / 8][4], maximum[2] = {-INFINITY, -INFINITY}, sum[2] = {0.0f, 0.0f};
#pragma unroll
  for (int n = 0; n < D / 8; n++) out[n][0] = out[n][1] = out[n][2] = out[n][3] = 0.0f;
  const int firstPosition = tile.position + warp * 16 + lane / 4;
  for (int j = 0; j < tilesOfKeys; j++) {
    const uint32_t keys = ring + j % 2 * 2 * tileBytes, values = keys + tileBytes;
    __syncthreads();
    if (j + 1 < tilesOfKeys) {
      const uint32_t next = ring + (j + 1) % 2 * 2 * tileBytes;
      fetchKeys<T, D>(a, blocks, kvHead, j + 1, length, next, next + tileBytes);
      asm volatile("cp.async.wait_group 1;" ::: "memory");
    } else {
      asm volatile("cp.async.wait_group 0;" ::: "memory");
    }
    __syncthreads();
    float s[8][4];
    scores<T, D>(queries, keys, warp, lane, s);
#pragma unroll
    for (int h = 0; h < 2; h++) {  // the two rows of a lane
      const int position = firstPosition + h * 8;
      float top = maximum[h];
#pragma unroll
      for (int n = 0; n < 8; n++)
#pragma unroll
        for (int c = 0; c < 2; c++) {
          const int key = j * kKeys + n * 8 + lane % 4 * 2 + c;
          float& x = s[n][h * 2 + c];
          x = key <= position ? x * a.scale : -INFINITY;
          top = fmaxf(top, x);
        }
      top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
      top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
      const float shrink = exp2f(maximum[h] - top);
      maximum[h] = top;
      float weights = 0.0f;
#pragma unroll
      for (int n = 0; n < 8; n++)
#pragma unroll
        for (int c = 0; c < 2; c++) {
          float& x = s[n][h * 2 + c];
          x = exp2f(x - top);
          weights += x;
        }
      sum[h] = sum[h] * shrink + weights;
#pragma unroll
      for (int n = 0; n < D / 8; n++) out[n][h * 2] *= shrink, out[n][h * 2 + 1] *= shrink;
    }
#pragma unroll
    for (int k = 0; k < 4; k++) {
      const uint32_t p[4] = {
          pack(s[2 * k][0], s[2 * k][1], T()), pack(s[2 * k][2], s[2 * k][3], T()),
          pack(s[2 * k + 1][0], s[2 * k + 1][1], T()), pack(s[2 * k + 1][2], s[2 * k + 1][3], T())};
#pragma unroll
      for (int n = 0; n < D / 16; n++) {
        uint32_t b[4];
        loadTransposed(b, values + swizzled<D>(k * 16 + lane % 16, n * 2 + lane / 16));
        multiply<T>(out[2 * n], p, b[0], b[1]);
        multiply<T>(out[2 * n + 1], p, b[2], b[3]);
      }
    }
  }
#pragma unroll
  for (int h = 0; h < 2; h++) {
    sum[h] += __shfl_xor_sync(0xffffffffu, sum[h], 1);
    sum[h] += __shfl_xor_sync(0xffffffffu, sum[h], 2);
    const int row = warp * 16 + lane / 4 + h * 8;
    if (row >= tile.count) continue;
    T* x = static_cast<T*>(a.x);
#pragma unroll
    for (int n = 0; n < D / 8; n++) {
      const int d = n * 8 + lane % 4 * 2;
      if (d >= a.headDim) continue;  // head dimensions are even
      *reinterpret_cast<uint32_t*>(x + a.layout.index(head * a.headDim + d, tile.token + row)) =
          pack(out[n][h * 2] / sum[h], out[n][h * 2 + 1] / sum[h], T());
    }
  }
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
