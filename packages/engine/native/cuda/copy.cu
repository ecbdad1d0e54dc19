// Copies of KV: a block of threads copies one (copy, layer, head, keys or values), a contiguous run
// of tokens, 16 bytes a thread, four loads in flight.
//
// Both pools: keys and values apart, [layer][block][kvHead][token in block][stride]; the host's is
// pinned and read and written by the kernel.
//
// Bytes: twice those of the tokens. Measured by flover_cuda_bench move.
#include "check.h"
#include "copy.h"

namespace flover::cuda {

namespace {

constexpr int kThreads = 512;

__global__ void __launch_bounds__(kThreads)
    copyRuns(KvPool from, KvPool to, const __grid_constant__ BlockCopies copies) {
  const int runs = from.layers * from.kvHeads * 2;
  const BlockCopy copy = copies.list[blockIdx.x / runs];
  const int run = blockIdx.x % runs, head = run % from.kvHeads,
            layer = run / from.kvHeads % from.layers;
  const bool values = run / from.kvHeads / from.layers;
  const auto place = [&](const KvPool& pool, int block) {
    return (values ? pool.values : pool.keys) + layer * pool.layerBytes + block * pool.blockBytes +
           head * pool.headBytes;
  };
  const uint4* source = reinterpret_cast<const uint4*>(place(from, copy.from));
  uint4* target = reinterpret_cast<uint4*>(place(to, copy.to));
  const int count = static_cast<int>(static_cast<int64_t>(copy.tokens) * from.tokenBytes / 16);
  int i = threadIdx.x;
  for (; i + 3 * kThreads < count; i += 4 * kThreads) {
    uint4 v[4];
#pragma unroll
    for (int j = 0; j < 4; j++) v[j] = source[i + j * kThreads];
#pragma unroll
    for (int j = 0; j < 4; j++) target[i + j * kThreads] = v[j];
  }
  for (; i < count; i += kThreads) target[i] = source[i];
}

}  // namespace

void copyBlocks(const KvPool& from, const KvPool& to, const BlockCopies& copies,
                cudaStream_t stream) {
  if (copies.count == 0) return;
  copyRuns<<<copies.count * from.layers * from.kvHeads * 2, kThreads, 0, stream>>>(from, to,
                                                                                   copies);
  FLOVER_CUDA(cudaGetLastError());
}

}  // namespace flover::cuda
