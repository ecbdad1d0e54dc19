// Exchanges between ranks for any number of rows: all blocks write, the last one waits. Only that
// one waits on a device, and no later kernel of the lane has begun: lanes that wait for each other
// on different devices cannot take the room that the other needs.
//
// Sums: [split][token][hidden] of this rank into Link::shares on every rank, [2 buffers][from rank]
// [token][hidden], which norm.cu then adds. Logits: this rank's columns of [row][vocabulary] into
// those of all others. NCCL's way: into its own part of a gather, and from the gathered parts.
// Shares take turns by twos: a rank writes share n + 2 only when it has seen that the others have
// made share n + 1, which they begin after they have read share n.
//
// Bytes: 4 hidden a row to each rank; 4 a logit to each other rank. Measured by
// flover_cuda_collectives_bench.
#include <algorithm>

#include "link.cuh"
#include "norm.cuh"
#include "pdl.cuh"

namespace flover::cuda {

namespace {

constexpr int kThreads = 256;
// Logits a block of threads copies.
constexpr int kColumns = 2048;

template <int V>
__global__ void __launch_bounds__(kNormThreads)
    shareRows(const __grid_constant__ RankSums s, const __grid_constant__ Link link, int index,
              bool alone) {
  waitForPrevious();
  const int row = blockIdx.x, hidden = s.hidden;
  const uint32_t number = s.header->exchanged + index;
  if (row < (s.gather ? s.header->logits : s.header->tokens)) {
    const int token = s.gather ? s.gather[row] : row;
    Row<V> own;
    sumOwn(s, token, own, hidden);
    const int buffer = alone ? 0 : number % 2 * link.size;
    const int64_t place =
        (static_cast<int64_t>(buffer + link.rank) * link.shareRows + token) * hidden;
    for (int r = 0; r < link.size; r++) {
      if (alone && r != link.rank) continue;
      own.each(hidden, [&](int v, int i) { storeRelaxed(link.shares[r] + place + i, own.x[v]); });
    }
  }
  if (!alone) rankBarrier(link, number);
}

__global__ void __launch_bounds__(kThreads)
    shareColumns(const PassHeader* header, const __grid_constant__ Link link, int first, int count,
                 int vocabulary, int index) {
  waitForPrevious();
  const int begin = blockIdx.x * kColumns, end = min(begin + kColumns, count), row = blockIdx.y;
  if (row < header->logits) {
    const int64_t at = static_cast<int64_t>(row) * vocabulary + first;
    for (int i = begin + threadIdx.x; i < end; i += kThreads) {
      const float x = link.logits[link.rank][at + i];
      for (int r = 0; r < link.size; r++)
        if (r != link.rank) link.logits[r][at + i] = x;
    }
  }
  rankBarrier(link, header->exchanged + index);
}

__global__ void __launch_bounds__(kThreads)
    spreadColumns(const float* parts, int stride, float* logits, int rows, int ranks,
                  int vocabulary) {
  letNextStart();
  waitForPrevious();
  const int row = blockIdx.y, each = vocabulary / ranks, more = vocabulary % ranks;
  for (int i = blockIdx.x * kThreads + threadIdx.x; i < vocabulary; i += gridDim.x * kThreads) {
    const int rank = i < more * (each + 1) ? i / (each + 1) : (i - more) / each;
    const int first = rank * each + min(rank, more);
    logits[static_cast<int64_t>(row) * vocabulary + i] =
        parts[(static_cast<int64_t>(rank) * rows + row) * stride + i - first];
  }
}

}  // namespace

void shareSums(const RankSums& s, const Link& link, int index, bool alone, cudaStream_t stream) {
  dispatch(DataType::F32, s.hidden, [&](auto, auto groups) {
    launchDependent(shareRows<decltype(groups)::value>, dim3(s.rows), dim3(kNormThreads), 0, stream,
                    s, link, index, alone);
  });
}

void shareLogits(const PassHeader* header, const Link& link, int rows, int first, int count,
                 int vocabulary, int index, cudaStream_t stream) {
  launchDependent(shareColumns, dim3((count + kColumns - 1) / kColumns, rows), dim3(kThreads), 0,
                  stream, header, link, first, count, vocabulary, index);
}

void spreadLogits(const float* parts, int stride, float* logits, int rows, int ranks,
                  int vocabulary, cudaStream_t stream) {
  launchDependent(spreadColumns, dim3(std::min(8, (vocabulary + kThreads - 1) / kThreads), rows),
                  dim3(kThreads), 0, stream, parts, stride, logits, rows, ranks, vocabulary);
}

}  // namespace flover::cuda
