#include "rank-sums.h"

#include <algorithm>
#include <utility>

#include "nccl.h"
#include "peers.h"

namespace flover::bench {

using namespace cuda;

namespace {

constexpr int kSums = 240, kRuns = 12;

EngineConfig configOf(int ranks, int hidden) {
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

float graphMs(const RankState& s) {
  cudaEvent_t begin, end;
  FLOVER_CUDA(cudaEventCreate(&begin));
  FLOVER_CUDA(cudaEventCreate(&end));
  FLOVER_CUDA(cudaEventRecord(begin, s.stream));
  FLOVER_CUDA(cudaGraphLaunch(s.graph, s.stream));
  FLOVER_CUDA(cudaEventRecord(end, s.stream));
  FLOVER_CUDA(cudaEventSynchronize(end));
  float ms = 0;
  FLOVER_CUDA(cudaEventElapsedTime(&ms, begin, end));
  FLOVER_CUDA(cudaEventDestroy(begin));
  FLOVER_CUDA(cudaEventDestroy(end));
  return ms;
}

}  // namespace

RankSumsBench::RankSumsBench(int ranks, int hidden)
    : hidden_(hidden),
      ranks_(ranks),
      model_(configOf(ranks, hidden).model),
      world_(configOf(ranks, hidden)) {
  states_.resize(static_cast<size_t>(ranks));
  world_.each([&](Rank& rank) {
    RankState& s = stateOf(rank);
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

RankSumsBench::~RankSumsBench() {
  world_.release([&](Rank& rank) {
    RankState& s = stateOf(rank);
    if (s.graph) cudaGraphExecDestroy(s.graph);  // NCCL waits for it
    if (s.stream) cudaStreamDestroy(s.stream);
    s = RankState();
  });
}

void RankSumsBench::choose(const std::string& kind) {
  const bool nccl = kind == "nccl";
  const NcclId id = nccl ? NcclCommunicator::makeId() : NcclId{};
  world_.each([&](Rank& rank) {
    std::unique_ptr<Communicator>& own = stateOf(rank).communicator;
    if (nccl)
      own = std::make_unique<NcclCommunicator>(model_, rank.index, ranks_, id, world_.failure());
    else
      own = std::make_unique<PeerCommunicator>(model_, rank.index, ranks_, world_.failure());
  });
  world_.each([&](Rank& rank) {
    RankState& s = stateOf(rank);
    s.communicator->allocate({kind == "shares", kMostTokens, 1, s.logits.as<float>()});
  });
  std::vector<Communicator*> all;
  for (const RankState& s : states_) all.push_back(s.communicator.get());
  world_.each([&](Rank& rank) { stateOf(rank).communicator->connect(all); });
  exchanged_ = 0;
}

double RankSumsBench::time(int tokens, const Queue& queue) {
  PassShape shape;
  shape.tokens = std::max(8, tokens);
  world_.each([&](Rank& rank) { capture(rank, shape, queue); });
  double best = 1e9;
  for (int run = 0; run < kRuns; ++run) {
    upload(tokens);
    best = std::min(best, runMs());
  }
  return best * 1e3 / kSums;
}

void RankSumsBench::upload(int tokens) {
  PassHeader header;
  header.tokens = header.fusedRows = tokens;
  header.exchanged = exchanged_;
  exchanged_ += kSums;
  world_.each([&](Rank& rank) {
    FLOVER_CUDA(
        cudaMemcpy(stateOf(rank).header.as(), &header, sizeof header, cudaMemcpyHostToDevice));
  });
}

// A rank that came late waited less: the shortest is the time of the sums.
double RankSumsBench::runMs() {
  std::vector<float> ms(states_.size());
  world_.each(
      [&](Rank& rank) { ms[static_cast<size_t>(rank.index)] = graphMs(stateOf(rank)); });
  return *std::min_element(ms.begin(), ms.end());
}

void RankSumsBench::capture(Rank& rank, const PassShape& shape, const Queue& queue) {
  RankState& s = stateOf(rank);
  if (s.graph) FLOVER_CUDA(cudaGraphExecDestroy(std::exchange(s.graph, nullptr)));
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

}  // namespace flover::bench
