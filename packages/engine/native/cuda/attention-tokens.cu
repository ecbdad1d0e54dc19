// Attention of single tokens, each over all keys up to its own position. Blocks take units of up to
// four chunks of 128 keys; a warp takes 16 keys of a chunk (8 of wide heads), and its parts are
// joined in the order of the keys, whoever made them: no bit depends on anything but the position.
//
// Grid: blocks that go on until no unit is left. In: queries [token][head][D], keys and values
// [block][kvHead][token in block][D], D = 16 to 256 elements. Out: the output product's right-hand
// side, by a.layout. G queries that share a key head read its keys once: one, or up to four. Shared
// memory: the warps' parts of two chunks, then up to four chunks' parts (attention-parts.cuh).
//
// Bytes: keys and values once, 0.8 % more for parts of tokens that several blocks share. Measured
// within iterations: flover_cuda_bench 1 8 16 32 64.
#include "attention-parts.cuh"
#include "pdl.cuh"

namespace flover::cuda {

namespace {

// Floats of the parts that the warps make of one chunk, [head of the group][warp][part].
template <typename T, int D, int G>
__host__ __device__ constexpr int chunkFloats() {
  return G * ChunkShape<T, D>::warps * ChunkShape<T, D>::partFloats;
}

// A KeyUnit unpacked for one group of heads that share a key head.
struct HeadUnit {
  int token, length;             // keys [0, length)
  int firstChunk, count;         // chunks of this unit
  int chunks;                    // of all units of the token
  int kvHead, firstHead, heads;  // up to G heads
  const int* blocks;             // the sequence's block table
};

template <int G>
__device__ __forceinline__ HeadUnit unpack(const Attention& a, const int4 unit, int headGroup) {
  HeadUnit at;
  at.token = unit.x, at.firstChunk = unit.y & 0xffff, at.count = unit.y >> 16, at.length = unit.z;
  at.chunks = (at.length + kKeyChunk - 1) / kKeyChunk;
  const int perKv = a.heads / a.kvHeads, groups = (perKv + G - 1) / G;
  at.kvHead = headGroup / groups, at.firstHead = at.kvHead * perKv + headGroup % groups * G;
  at.heads = min(G, (at.kvHead + 1) * perKv - at.firstHead);
  at.blocks = a.rowBlocks + static_cast<int64_t>(unit.w) * a.rowBlocksStride;
  return at;
}

// The lane's eight elements of each query.
template <typename T, int D, int G>
__device__ __forceinline__ void loadQueries(const Attention& a, const HeadUnit& at, int lane,
                                            float (*q)[8]) {
#pragma unroll
  for (int g = 0; g < G; g++) {
    const int head = at.firstHead + min(g, at.heads - 1);
    Eight<T> bits;
    bits.load(static_cast<const T*>(a.queries) +
              (static_cast<int64_t>(at.token) * a.heads + head) * D +
              lane % ChunkShape<T, D>::lanesPerKey * 8);
    bits.unpack(q[g]);
  }
}

// Joins the warps' parts of a chunk, in order of the keys; a head's part is `toStride` floats
// behind that of the one before.
template <typename T, int D>
__device__ __forceinline__ void joinWarps(const float* warpParts, float* to, int toStride,
                                          int heads) {
  using S = ChunkShape<T, D>;
  for (int i = threadIdx.x; i < heads * D; i += S::threads) {
    const int g = i / D, d = i % D;
    float top, weights;
    const float value =
        joinParts([&](int at) { return warpParts[g * S::warps * S::partFloats + at]; }, S::warps,
                  S::partFloats, d, &top, &weights);
    float* part = to + static_cast<int64_t>(g) * toStride;
    if (d == 0) part[0] = top, part[1] = weights;
    part[8 + d] = value;
  }
}

// Whether this block's chunks are the last of the token's to be there; then the counter is zero
// again.
__device__ __forceinline__ bool isLastToArrive(const Attention& a, const HeadUnit& at,
                                               int* isLast) {
  if (threadIdx.x == 0) {
    __threadfence();
    int* counter = a.counters + at.token * a.heads + at.firstHead;
    *isLast = atomicAdd(counter, at.count) + at.count == at.chunks;
    if (*isLast) *counter = 0;
    __threadfence();
  }
  __syncthreads();
  return *isLast;
}

template <typename T, int D>
__device__ __forceinline__ void store(const Attention& a, int token, int head, int d, float value) {
  if (d < a.headDim)
    static_cast<T*>(a.x)[a.layout.index(head * a.headDim + d, token)] = fromFloat<T>(value);
}

// One unit: up to kUnitChunks chunks of keys of a token, for G heads; and the whole, where no other
// unit is missing. With the last chunk the block's next unit is claimed, into *next: earlier, a
// slow block would hold work that others are free for.
template <typename T, int D, int G>
__device__ __forceinline__ void attendUnit(const Attention& a, const int4 unit, int headGroup,
                                           float* shared, int* isLast, int* next) {
  using S = ChunkShape<T, D>;
  const HeadUnit at = unpack<G>(a, unit, headGroup);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const bool whole = at.count == at.chunks;
  float* chunkParts = shared + 2 * chunkFloats<T, D, G>();  // [chunk][head]
  float q[G][8], maximum[G], sum[G], out[G][8];
  loadQueries<T, D, G>(a, at, lane, q);
  for (int c = 0; c < at.count; c++) {
    const int chunk = at.firstChunk + c;
    if (c + 1 == at.count && threadIdx.x == 0) *next = gridDim.x + atomicAdd(a.tickets, 1);
    attendWarp<T, D, G>(a, q, at.kvHead, at.blocks, chunk * kKeyChunk + warp * S::keysPerWarp,
                        at.length, maximum, sum, out);
    float* warpParts = shared + c % 2 * chunkFloats<T, D, G>();
    if (lane < S::lanesPerKey) {
#pragma unroll
      for (int g = 0; g < G; g++) {
        float* mine = warpParts + (g * S::warps + warp) * S::partFloats;
        if (lane == 0) mine[0] = maximum[g], mine[1] = sum[g];
#pragma unroll
        for (int j = 0; j < 8; j++) mine[8 + lane * 8 + j] = out[g][j];
      }
    }
    __syncthreads();
    if (whole) {
      joinWarps<T, D>(warpParts, chunkParts + c * G * S::partFloats, S::partFloats, at.heads);
    } else {
      float* parts =
          a.partials +
          ((static_cast<int64_t>(at.token) * a.heads + at.firstHead) * a.maxChunks + chunk) *
              S::partFloats;
      joinWarps<T, D>(warpParts, parts, a.maxChunks * S::partFloats, at.heads);
    }
  }
  __syncthreads();
  if (!whole && !isLastToArrive(a, at, isLast)) return;
  for (int i = threadIdx.x; i < at.heads * D; i += S::threads) {
    const int g = i / D, d = i % D;
    float top, weights, value;
    if (whole) {
      value = joinParts([&](int k) { return chunkParts[g * S::partFloats + k]; }, at.chunks,
                        G * S::partFloats, d, &top, &weights);
    } else {
      const float* parts =
          a.partials + (static_cast<int64_t>(at.token) * a.heads + at.firstHead + g) * a.maxChunks *
                           S::partFloats;
      // from the second-level cache: the first may hold what other blocks have written over since
      value = joinParts([&](int k) { return __ldcg(parts + k); }, at.chunks, S::partFloats, d, &top,
                        &weights);
    }
    store<T, D>(a, at.token, at.firstHead + g, d, value / weights);
  }
  __syncthreads();
}

// Brings the keys and values of a unit's first chunk nearer; what the previous kernel still adds to
// them the cache keeps up to date.
template <typename T, int D, int G>
__device__ __forceinline__ void prefetchUnit(const Attention& a, const int4 unit, int headGroup) {
#if __CUDA_ARCH__ >= 900
  const int perKv = a.heads / a.kvHeads, kvHead = headGroup / ((perKv + G - 1) / G);
  const int key = threadIdx.x / 2, position = (unit.y & 0xffff) * kKeyChunk + key;
  if (key >= kKeyChunk || position >= unit.z) return;
  const int* blocks = a.rowBlocks + static_cast<int64_t>(unit.w) * a.rowBlocksStride;
  const int index = blockIndex(a, position);
  const int64_t at = static_cast<int64_t>(keyRow(a, blocks[index], kvHead, position, index)) * D;
  asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(
                   static_cast<const T*>(threadIdx.x % 2 ? a.values : a.keys) + at),
               "r"(static_cast<int>(D * sizeof(T)))
               : "memory");
#endif
}

template <typename T, int D, int G>
constexpr int sharedFloats() {
  return 2 * chunkFloats<T, D, G>() + kUnitChunks * G * ChunkShape<T, D>::partFloats;
}

template <typename T, int D, int G>
__global__ void __launch_bounds__(ChunkShape<T, D>::threads,
                                  G == 1 && ChunkShape<T, D>::warps == 8 ? kAttentionBlocks : 1)
    tokens(const __grid_constant__ Attention a) {
  extern __shared__ float shared[];
  __shared__ int isLast;
  // The pass was copied before its first kernel: it may be read before the previous kernel ends.
  const int perKv = a.heads / a.kvHeads, groups = a.kvHeads * ((perKv + G - 1) / G);
  const int count = a.header->items * groups, blocks = gridDim.x;
  const auto unitOf = [&](int i) {
    return __ldg(reinterpret_cast<const int4*>(a.items) + i / groups);
  };
  int i = blockIdx.x;
  // Blocks without work make room; one stays, so that this kernel ends after the previous one.
  if (i >= count && i > 0) return;
  int4 unit = i < count ? unitOf(i) : make_int4(0, 0, 0, 0);
  // Fewer units than multiprocessors have the memory to themselves.
  if (i < count && count > blocks / kAttentionBlocks) prefetchUnit<T, D, G>(a, unit, i % groups);
  // The next kernel's weights would be in the way of all rounds of units but the last.
  const auto isLastRound = [&] { return i + blocks >= count; };
  if (!a.share && isLastRound()) letNextStart();
  waitForPrevious();
  // A block's first unit follows from its place; the rest go to whoever is done, because not all
  // multiprocessors get the same share of the memory.
  __shared__ int next[2];
  for (int round = 0; i < count; round ^= 1) {
    if (!a.share && isLastRound()) letNextStart();
    attendUnit<T, D, G>(a, unit, i % groups, shared, &isLast, &next[round]);
    i = next[round];
    if (i < count) unit = unitOf(i);
  }
  // The next kernel's blocks would take more than this one's share.
  if (a.share) letNextStart();
}

template <typename T, int D, int G>
void launchFor(const Attention& a, int blocks, cudaStream_t stream) {
  launchDependent(tokens<T, D, G>, dim3(blocks), dim3(ChunkShape<T, D>::threads),
                  sharedFloats<T, D, G>() * sizeof(float), stream, a);
}

template <typename T, int D>
void launch(const Attention& a, int blocks, cudaStream_t stream) {
  if constexpr (D > 128)
    return launchFor<T, D, 1>(a, blocks, stream);
  else
    a.heads == a.kvHeads ? launchFor<T, D, 1>(a, blocks, stream)
                         : launchFor<T, D, 4>(a, blocks, stream);
}

template <typename T>
void dispatch(const Attention& a, int blocks, cudaStream_t stream) {
  switch (a.stride) {
    case 16:
      return launch<T, 16>(a, blocks, stream);
    case 32:
      return launch<T, 32>(a, blocks, stream);
    case 64:
      return launch<T, 64>(a, blocks, stream);
    case 128:
      return launch<T, 128>(a, blocks, stream);
    default:
      return launch<T, 256>(a, blocks, stream);
  }
}

template <typename T, int D, int G>
void allow() {
  if (sharedFloats<T, D, G>() * sizeof(float) <= 48 << 10) return;
  FLOVER_CUDA(cudaFuncSetAttribute(tokens<T, D, G>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   sharedFloats<T, D, G>() * 4));
}

}  // namespace

void prepareAttentionTokens() {
  allow<Half, 128, 4>(), allow<Bfloat, 128, 4>(), allow<float, 128, 4>(), allow<float, 64, 4>();
}

int headStride(int headDim) {
  int stride = 16;
  while (stride < headDim) stride *= 2;
  return stride;
}

void attendTokens(const Attention& a, DataType type, int blocks, cudaStream_t stream) {
  if (type == DataType::F32) return dispatch<float>(a, blocks, stream);
  if (type == DataType::F16) return dispatch<Half>(a, blocks, stream);
  dispatch<Bfloat>(a, blocks, stream);
}

}  // namespace flover::cuda
