// One sum over the ranks with residual and norm, at every decode size, in us: the one-shot kernel,
// shares (what prompts take), NCCL's gather with the same sum, NCCL's own all-reduce before the
// norm; and the norm of one rank alone, without any sum over ranks. Graphs of 240 after one
// another.
#include <cstdio>

#include "flover/backend.h"
#include "flover/error.h"
#include "nccl-library.h"
#include "nccl.h"
#include "rank-sums.h"

using namespace flover;
using namespace flover::cuda;
using namespace flover::bench;

namespace {

constexpr int kSizes[] = {1, 2, 4, 8, 16, 24, 32, 48, 64, 512};

void norm(RankState& s, const RankSums& r) {
  addNorm(r.a, {}, r.norm, r.residual, r.to, nullptr, r.hidden, r.rows, r.type, s.stream);
}

void sum(RankState& s, const RankSums& r) { s.communicator->addNorm(r, s.stream); }

void allReduceThenNorm(RankState& s, const RankSums& r) {
  const auto& nccl = static_cast<const NcclCommunicator&>(*s.communicator);
  checkNccl(ncclLibrary().allReduce(r.a.data, const_cast<float*>(r.a.data),
                                    static_cast<size_t>(r.rows) * r.hidden, NcclLibrary::kFloat32,
                                    NcclLibrary::kSum, nccl.handle(), s.stream),
            "ncclAllReduce");
  norm(s, r);
}

void run(int ranks, int hidden) {
  RankSumsBench bench(ranks, hidden);
  std::printf("hidden %d on %d ranks, us: tokens", hidden, ranks);
  for (const int tokens : kSizes) std::printf(" %7d", tokens);
  const auto line = [&](const char* name, const RankSumsBench::Queue& queue, int most) {
    std::printf("\n  %-32s", name);
    for (const int tokens : kSizes)
      if (tokens <= most) std::printf(" %7.2f", bench.time(tokens, queue));
    std::fflush(stdout);
  };
  line("norm of one rank alone", norm, kMostTokens);
  bench.choose("fused");
  line("one-shot", sum, kFusedRows);
  bench.choose("shares");
  line("shares", sum, kMostTokens);
  try {
    bench.choose("nccl");
    line("NCCL gather, same bits", sum, kMostTokens);
    line("NCCL all-reduce, then norm", allReduceThenNorm, kMostTokens);
  } catch (const Error& error) {
    std::printf("\n  NCCL: %s", error.what());
  }
  std::printf("\n");
}

}  // namespace

int main() {
  try {
    const std::string reason = cudaBackend().unavailable();
    int devices = 0;
    cudaGetDeviceCount(&devices);
    if (!reason.empty() || devices < 2) {
      std::printf("not run: %s\n", reason.empty() ? "two GPUs are needed" : reason.c_str());
      return 3;
    }
    if (devices >= 4) run(4, 8192);
    run(2, 6656);
  } catch (const Error& error) {
    std::printf("failed: %s: %s\n", error.code.c_str(), error.what());
    return 1;
  }
}
