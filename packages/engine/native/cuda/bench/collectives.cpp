// One sum over the ranks with residual and norm, at every decode size, in us: the one-shot kernel,
// shares (what prompts take), NCCL's gather with the same sum, NCCL's own all-reduce before the
// norm; and the norm of one rank alone, without any sum over ranks. Graphs of 240 after one
// another.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "flover/backend.h"
#include "flover/error.h"
#include "nccl-library.h"
#include "nccl.h"
#include "peers.h"
#include "world.h"

using namespace flover;
using namespace flover::cuda;

namespace {

constexpr int kSums = 240, kRuns = 12, kMostTokens = 512;

struct RankState {
  std::unique_ptr<Communicator> communicator;
  DeviceBuffer partials, residual, x, weight, header, logits;
  cudaStream_t stream = nullptr;
  cudaGraphExec_t graph = nullptr;
};

class Bench {
 public:
  Bench(int ranks, int hidden)
      : hidden_(hidden),
        ranks_(ranks),
        model_(config(ranks, hidden).model),
        world_(config(ranks, hidden)) {
    states_.resize(static_cast<size_t>(ranks));
    world_.each([&](Rank& rank) {
      RankState& s = states_[static_cast<size_t>(rank.index)];
      const size_t row = static_cast<size_t>(hidden) * 4;
      s.partials = DeviceBuffer(2 * kMostTokens * row);
      s.residual = DeviceBuffer(kMostTokens * row);
      s.x = DeviceBuffer(kMostTokens * row);
      s.weight = DeviceBuffer(row);
      s.header = DeviceBuffer(sizeof(PassHeader));
      s.logits = DeviceBuffer(64 * 4);
      FLOVER_CUDA(cudaStreamCreateWithFlags(&s.stream, cudaStreamNonBlocking));
    });
  }
  ~Bench() {
    world_.release([&](Rank& rank) {
      RankState& s = states_[static_cast<size_t>(rank.index)];
      if (s.graph) cudaGraphExecDestroy(s.graph);  // NCCL waits for it
      if (s.stream) cudaStreamDestroy(s.stream);
      s = RankState();
    });
  }

  using Queue = std::function<void(RankState&, const RankSums&)>;

  void choose(const std::string& kind) {
    const NcclId id = kind == "nccl" ? NcclCommunicator::makeId() : NcclId{};
    world_.each([&](Rank& rank) {
      RankState& s = states_[static_cast<size_t>(rank.index)];
      if (kind == "nccl")
        s.communicator =
            std::make_unique<NcclCommunicator>(model_, rank.index, ranks_, id, world_.failure());
      else
        s.communicator =
            std::make_unique<PeerCommunicator>(model_, rank.index, ranks_, world_.failure());
    });
    world_.each([&](Rank& rank) {
      RankState& s = states_[static_cast<size_t>(rank.index)];
      s.communicator->allocate({kind == "shares", kMostTokens, 1, s.logits.as<float>()});
    });
    std::vector<Communicator*> all;
    for (const RankState& s : states_) all.push_back(s.communicator.get());
    world_.each([&](Rank& rank) { all[static_cast<size_t>(rank.index)]->connect(all); });
    exchanged_ = 0;
  }

  // us for one sum of `tokens` rows.
  double time(int tokens, const Queue& queue) {
    PassShape shape;
    shape.tokens = std::max(8, tokens);
    world_.each([&](Rank& rank) { capture(rank, shape, queue); });
    double best = 1e9;
    for (int run = 0; run < kRuns; ++run) {
      std::vector<float> ms(states_.size());
      PassHeader header;
      header.tokens = header.fusedRows = tokens;
      header.exchanged = exchanged_;
      exchanged_ += kSums;
      world_.each([&](Rank& rank) {
        RankState& s = states_[static_cast<size_t>(rank.index)];
        FLOVER_CUDA(cudaMemcpy(s.header.as(), &header, sizeof header, cudaMemcpyHostToDevice));
      });
      world_.each([&](Rank& rank) {
        RankState& s = states_[static_cast<size_t>(rank.index)];
        cudaEvent_t begin, end;
        FLOVER_CUDA(cudaEventCreate(&begin));
        FLOVER_CUDA(cudaEventCreate(&end));
        FLOVER_CUDA(cudaEventRecord(begin, s.stream));
        FLOVER_CUDA(cudaGraphLaunch(s.graph, s.stream));
        FLOVER_CUDA(cudaEventRecord(end, s.stream));
        FLOVER_CUDA(cudaEventSynchronize(end));
        FLOVER_CUDA(cudaEventElapsedTime(&ms[static_cast<size_t>(rank.index)], begin, end));
        FLOVER_CUDA(cudaEventDestroy(begin));
        FLOVER_CUDA(cudaEventDestroy(end));
      });
      // A rank that came late waited less: the shortest is the time of the sums.
      best = std::min<double>(best, *std::min_element(ms.begin(), ms.end()));
    }
    return best * 1e3 / kSums;
  }

 private:
  static EngineConfig config(int ranks, int hidden) {
    EngineConfig c;
    c.model.layers = 1, c.model.hidden = hidden, c.model.intermediate = 64 * ranks;
    c.model.heads = c.model.kvHeads = ranks, c.model.headDim = c.model.rope.dims = 64;
    c.model.vocabulary = 64, c.model.maxPositions = 64;
    c.model.dataType = DataType::F16;
    c.world.size = ranks;
    c.world.ranks.clear();
    for (int rank = 0; rank < ranks; ++rank) c.world.ranks.push_back({rank, rank});
    c.blocks = c.maxSequences = 1, c.blockTokens = c.maxSequenceTokens = c.maxRowTokens = 16;
    return c;
  }

  void capture(Rank& rank, const PassShape& shape, const Queue& queue) {
    RankState& s = states_[static_cast<size_t>(rank.index)];
    if (s.graph) FLOVER_CUDA(cudaGraphExecDestroy(s.graph));
    RankSums sums;
    sums.a = {s.partials.as<float>(), 2, shape.tokens};
    sums.norm = {s.weight.as<float>(), nullptr, 1e-5f};
    sums.residual = s.residual.as<float>();
    sums.to = {s.x.as(), activationLayout(shape.tokens, padded(hidden_, kUnit), DataType::F16,
                                          rank.model->hopper())};
    sums.header = s.header.as<PassHeader>();
    sums.hidden = hidden_, sums.rows = shape.tokens, sums.type = DataType::F16;
    cudaGraph_t graph = nullptr;
    FLOVER_CUDA(cudaStreamBeginCapture(s.stream, cudaStreamCaptureModeThreadLocal));
    if (s.communicator) s.communicator->begin(shape);
    for (int i = 0; i < kSums; ++i) queue(s, sums);
    FLOVER_CUDA(cudaStreamEndCapture(s.stream, &graph));
    FLOVER_CUDA(cudaGraphInstantiate(&s.graph, graph, 0));
    FLOVER_CUDA(cudaGraphDestroy(graph));
  }

  int hidden_, ranks_;
  ModelConfig model_;
  World world_;
  std::vector<RankState> states_;
  uint32_t exchanged_ = 0;
};

void norm(RankState& s, const RankSums& r) {
  addNorm(r.a, {}, r.norm, r.residual, r.to, nullptr, r.hidden, r.rows, r.type, s.stream);
}

void run(int ranks, int hidden) {
  Bench bench(ranks, hidden);
  const Bench::Queue sum = [](RankState& s, const RankSums& r) {
    s.communicator->addNorm(r, s.stream);
  };
  const int sizes[] = {1, 2, 4, 8, 16, 24, 32, 48, 64, 512};
  std::printf("hidden %d on %d ranks, us: tokens", hidden, ranks);
  for (const int tokens : sizes) std::printf(" %7d", tokens);
  const auto line = [&](const char* name, const Bench::Queue& queue, int most) {
    std::printf("\n  %-32s", name);
    for (const int tokens : sizes)
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
    line(
        "NCCL all-reduce, then norm",
        [](RankState& s, const RankSums& r) {
          const auto& nccl = static_cast<const NcclCommunicator&>(*s.communicator);
          checkNccl(
              ncclLibrary().allReduce(r.a.data, const_cast<float*>(r.a.data),
                                      static_cast<size_t>(r.rows) * r.hidden, NcclLibrary::kFloat32,
                                      NcclLibrary::kSum, nccl.handle(), s.stream),
              "ncclAllReduce");
          norm(s, r);
        },
        kMostTokens);
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
