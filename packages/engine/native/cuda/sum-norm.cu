// The one-shot sum over the ranks with residual and norm in its epilogue: one block a row, up to
// kFusedRows rows. A block writes its row's own sum into a buffer of every other rank, waits for
// theirs word by word, adds all in rank order, and normalises.
//
// In: this rank's split sums [split][token][hidden] and the residual [token][hidden], fp32. Out: as
// norm.cu. Link::fused on each rank: [3 buffers][from rank][row][hidden]. Buffers take turns by
// threes. Sum n writes to buffer n % 3 of the others and empties its own buffer (n - 1) % 3, which
// it has read. The others write there again in their sum n + 2, which they begin only after sum n +
// 1, for which this rank's own part is sent when sum n has ended here: so no word is emptied after
// it has come.
//
// Bytes a row beyond norm.cu's: 4 hidden to each other rank, 4 from it, 4 to empty. Measured by
// flover_cuda_collectives_bench.
#include "link.cuh"
#include "norm.cuh"
#include "pdl.cuh"

namespace flover::cuda {

namespace {

template <int V>
__device__ __forceinline__ void clearPrevious(const Link& link, uint32_t number, int rows,
                                              int hidden) {
  for (int r = 0; r < link.size; r++) {
    if (r == link.rank) continue;
    float* from = link.fused[link.rank] +
                  static_cast<int64_t>((number + 2) % 3 * link.size + r) * kFusedRows * hidden;
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
      float* mine = from + static_cast<int64_t>(row) * hidden;
      Row<V> place;
      place.each(hidden, [&](int, int i) { *reinterpret_cast<float4*>(mine + i) = absent4(); });
    }
  }
}

// total = the sums of all ranks in ascending order; kAtOnce others are listened to at once.
template <int kAtOnce, int V>
__device__ __forceinline__ void addFromRanks(const Link& link, const float* from, int64_t step,
                                             Row<V>& own, Row<V>& total, int hidden) {
  bool any = false;
  const auto add = [&](Row<V>& part) {
    total.each(hidden, [&](int v, int) { total.x[v] = any ? total.x[v] + part.x[v] : part.x[v]; });
    any = true;
  };
  Timeout timeout(link.stop);
  for (int first = 0; first < link.size - 1; first += kAtOnce) {
    Row<V> heard[kAtOnce];
    const auto rankOf = [&](int j) { return first + j + (first + j >= link.rank); };
#pragma unroll
    for (int j = 0; j < kAtOnce; j++) {
      if (first + j >= link.size - 1) break;
      heard[j].each(
          hidden, [&](int v, int i) { heard[j].x[v] = loadRelaxed(from + rankOf(j) * step + i); });
    }
#pragma unroll
    for (int j = 0; j < kAtOnce; j++) {
      if (first + j >= link.size - 1) break;
      const int rank = rankOf(j);
      for (;;) {
        bool missing = false;
        heard[j].each(hidden, [&](int v, int) { missing = missing || isAbsent(heard[j].x[v]); });
        if (!missing || timeout.expired(rank)) break;
        heard[j].each(hidden,
                      [&](int v, int i) { heard[j].x[v] = loadRelaxed(from + rank * step + i); });
      }
      if (rank == link.rank + 1) add(own);
      add(heard[j]);
    }
  }
  if (link.rank == link.size - 1) add(own);
}

template <typename T, int V, int kAtOnce>
__global__ void __launch_bounds__(kNormThreads)
    addRankRows(const __grid_constant__ RankSums s, const __grid_constant__ Link link, int index) {
  // Where ranks share a device the next kernel's blocks would take the room that is waited for.
  if (!link.shared) letNextStart();
  const int row = blockIdx.x, hidden = s.hidden;
  const uint32_t number = s.header->fused + index;
  const int tokens = max(1, s.header->tokens);
  const int rows = s.gather ? max(1, s.header->logits) : tokens;
  const int before = index == 0 ? s.header->fusedRows : tokens;
  waitForPrevious();
  const int64_t step = static_cast<int64_t>(kFusedRows) * hidden;
  const int64_t place = (number % 3 * link.size) * step + static_cast<int64_t>(row) * hidden;
  const int token = s.gather ? s.gather[row] : row;
  Row<V> own, total, mine;
  if (row < rows) {
    sumOwn(s, token, own, hidden);
    for (int r = 0; r < link.size; r++) {
      if (r == link.rank) continue;
      float* to = link.fused[r] + place + link.rank * step;
      own.each(hidden, [&](int v, int i) { storeRelaxed(to + i, own.x[v]); });
    }
  }
  clearPrevious<V>(link, number, before, hidden);
  if (row >= rows) return;
  float* residual = s.residual + static_cast<int64_t>(token) * hidden;
  mine.each(hidden, [&](int v, int i) { mine.x[v] = load4(residual + i); });
  addFromRanks<kAtOnce>(link, link.fused[link.rank] + place, step, own, total, hidden);
  addSum(s.bias, total, mine, hidden);
  if (!s.gather)
    mine.each(hidden, [&](int v, int i) { *reinterpret_cast<float4*>(residual + i) = mine.x[v]; });
  normalise<T, V>(mine, s.norm, s.to, hidden, row);
}

}  // namespace

void addRankSums(const RankSums& s, const Link& link, int index, cudaStream_t stream) {
  dispatch(s.type, s.hidden, [&](auto element, auto groups) {
    using T = decltype(element);
    constexpr int V = decltype(groups)::value;
    auto* kernel = addRankRows<T, V, 1>;
    if (link.size > 2 && V <= 4) kernel = addRankRows < T, V, V <= 3 ? 3 : 2 > ;
    launchDependent(kernel, dim3(s.rows), dim3(kNormThreads), 0, stream, s, link, index);
  });
}

}  // namespace flover::cuda
