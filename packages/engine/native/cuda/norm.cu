// The residual stream of one rank: embedding with the first norm, and sums with the norm after
// them. One block a token; its row lives in registers while its sum is made.
//
// In: residual [token][hidden] in fp32, split sums [split][token][hidden] in fp32. Out: the
// residual again, and the next product's right-hand side by its layout. The embedding also stamps
// the start of a work.
//
// Bytes a token: hidden x (4 for each split, 8 for the residual, 2 or in fp32 4 for the result).
// Measured by flover_cuda_collectives_bench ("norm of one rank").
#include "norm.cuh"
#include "pdl.cuh"

namespace flover::cuda {

namespace {

template <typename T, int V>
__global__ void __launch_bounds__(kNormThreads)
    embedRows(const __grid_constant__ Embed e, NormWeights norm, float* residual, NormTarget to,
              int hidden) {
  letNextStart();
  waitForPrevious();
  const int token = blockIdx.x;
  if (token == 0)
    for (int i = threadIdx.x; i < e.ticketCount; i += kNormThreads) e.tickets[i] = 0;
  if (token == 0 && threadIdx.x == 0) {
    Record& record = e.records[e.header->record];
    if (e.header->first) {
      uint64_t now;
      asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
      record.startNanos = now;
    }
    record.begun = e.header->begun;
  }
  const int slot = e.slots[token];
  int id = e.ids[token];
  if (slot >= 0) {
    int32_t* history =
        e.history + static_cast<int64_t>(slot) * e.historyStride + e.positions[token];
    if (id < 0) {
      id = *history;
    } else if (threadIdx.x == 0) {
      *history = id;
    }
  }
  if (id < 0) id = 0;
  const T* table = static_cast<const T*>(e.table) + static_cast<int64_t>(id) * hidden;
  Row<V> row;
  row.each(hidden, [&](int v, int i) { row.x[v] = load4(table + i); });
  row.each(hidden, [&](int v, int i) {
    *reinterpret_cast<float4*>(residual + static_cast<int64_t>(token) * hidden + i) = row.x[v];
  });
  normalise<T, V>(row, norm, to, hidden, token);
}

template <typename T, int V, int kMost>
__global__ void __launch_bounds__(kNormThreads)
    addNormRows(Partials a, Partials b, NormWeights norm, float* residual, NormTarget to,
                const int* gather, int hidden) {
  letNextStart();
  if (kMost == kMostRanks && a.exchange && (*a.exchange + a.exchangeOffset) % 2 == 1)
    a.data += static_cast<int64_t>(a.splits) * a.tokens * hidden;
  // The pass was copied before its first kernel: it may be read before the previous kernel ends.
  const int token = gather ? gather[blockIdx.x] : blockIdx.x;
  float* mine = residual + static_cast<int64_t>(token) * hidden;
  prefetchRow(mine, hidden);
  prefetchRow(norm.weight, hidden);
  waitForPrevious();
  Row<V> row;
  row.each(hidden, [&](int v, int i) { row.x[v] = load4(mine + i); });
  addPartials<kMost>(a, token, row, hidden);
  if (b.splits) addPartials<kMost>(b, token, row, hidden);
  if (!gather)
    row.each(hidden, [&](int v, int i) { *reinterpret_cast<float4*>(mine + i) = row.x[v]; });
  normalise<T, V>(row, norm, to, hidden, blockIdx.x);
}

}  // namespace

void embed(const Embed& e, const NormWeights& norm, float* residual, const NormTarget& to,
           int hidden, int tokens, DataType type, cudaStream_t stream) {
  dispatch(type, hidden, [&](auto element, auto groups) {
    launchDependent(embedRows<decltype(element), decltype(groups)::value>, dim3(tokens),
                    dim3(kNormThreads), 0, stream, e, norm, residual, to, hidden);
  });
}

void addNorm(const Partials& a, const Partials& b, const NormWeights& norm, float* residual,
             const NormTarget& to, const int* gather, int hidden, int rows, DataType type,
             cudaStream_t stream) {
  dispatch(type, hidden, [&](auto element, auto groups) {
    constexpr int V = decltype(groups)::value;
    auto* kernel = addNormRows<decltype(element), V, 4>;
    if (a.splits > 4 || a.exchange) kernel = addNormRows<decltype(element), V, kMostRanks>;
    launchDependent(kernel, dim3(rows), dim3(kNormThreads), 0, stream, a, b, norm, residual, to,
                    gather, hidden);
  });
}

}  // namespace flover::cuda
