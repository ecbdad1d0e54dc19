// The captured graphs of a lane, and what it has ready before its first work.
#include <algorithm>

#include "bounds.h"
#include "check.h"
#include "division.h"
#include "lane.h"

namespace flover::cuda {

namespace {

// Tokens that a graph is captured for at most. Those of the smallest have the kernels of the next,
// whole tiles, on another division of the device.
constexpr int kBuckets[] = {kFewTokens, 8, 16, 32, 64};
// Tokens of a pass for which its products take other kernels than for fewer.
constexpr int kTileSizes[] = {8, 16, 32, 64, 128};

// A capture of a stream. Where it is left early, by a rank that has failed, the stream is usable
// again and so is the thread: what frees memory is refused while one of its streams is captured.
class Capture {
 public:
  explicit Capture(cudaStream_t stream) : stream_(stream) {
    FLOVER_CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  }
  ~Capture() {
    if (!ended_) cudaStreamEndCapture(stream_, &graph_);
    if (graph_) cudaGraphDestroy(graph_);
    if (!ended_) cudaGetLastError();
  }
  // The graph lives as long as this.
  cudaGraph_t end() {
    ended_ = true;
    FLOVER_CUDA(cudaStreamEndCapture(stream_, &graph_));
    return graph_;
  }

 private:
  cudaStream_t stream_;
  cudaGraph_t graph_ = nullptr;
  bool ended_ = false;
};

}  // namespace

PassLayout Lane::layoutFor(int tokens) const {
  PassLimits limits = pass_;
  PassShape shape;
  shape.rowBlocks = limits.rowBlocks;
  shape.tokens = shape.rows = shape.logitRows = shape.samples = tokens;
  shape.items = tokens * limits.maxChunks;
  shape.extra = limits.extra;
  return PassLayout(shape);
}

// Room for the largest pass: none has to wait until the device has given more.
PassLayout Lane::eagerLayout() const {
  PassShape shape = layoutFor(pass_.capacity).shape;
  shape.samples = limits_.sequences;
  shape.queryTiles = pass_.capacity;
  shape.extra = kMostWordNumbers;
  return PassLayout(shape);
}

Lane::Graph* Lane::graphFor(int tokens) {
  int bucket = 0;
  for (const int size : kBuckets)
    if (!bucket && tokens <= size) bucket = size;
  const int room = std::min(forward_->logitRows(), forward_->capacity());
  if (!bucket || std::max(bucket, kTileSizes[0]) > room) return nullptr;
  for (Graph& graph : graphs_)
    if (graph.tokens == bucket) return &graph;
  Graph graph;
  graph.tokens = bucket;
  graph.layout = std::make_unique<PassLayout>(layoutFor(std::max(bucket, kTileSizes[0])));
  graph.exec = captured(*graph.layout, graphPass_.as(), bucket);
  graphs_.push_back(std::move(graph));
  return &graphs_.back();
}

cudaGraphExec_t Lane::captured(const PassLayout& layout, void* pass, int real) {
  Capture capture(stream_);
  forward_->run(layout, pass, stream_, 0, real);
  const cudaGraph_t graph = capture.end();
  cudaGraphExec_t exec = nullptr;
  FLOVER_CUDA(cudaGraphInstantiate(&exec, graph, 0));
  FLOVER_CUDA(cudaGraphUpload(exec, stream_));
  return exec;
}

void Lane::capture(int tokens) {
  for (const int bucket : kBuckets) {
    graphFor(bucket);
    if (bucket >= tokens) break;
  }
  FLOVER_CUDA(cudaStreamSynchronize(stream_));
}

void Lane::rehearse() {
  capture(*std::rbegin(kBuckets));
  for (const int size : kTileSizes) {
    // The largest pass may be of a size between, where products are not padded to tiles.
    const int tokens = std::min(size, forward_->capacity());
    PassShape shape = layoutFor(tokens).shape;
    shape.logitRows = std::min(tokens, forward_->logitRows());
    shape.samples = std::min(tokens, limits_.sequences);
    if (pass_.tiles) shape.queryTiles = tokens;
    FLOVER_CUDA(cudaGraphExecDestroy(captured(PassLayout(shape), eagerPass_.as(), tokens)));
    if (size >= forward_->capacity()) break;
  }
  FLOVER_CUDA(cudaStreamSynchronize(stream_));
}

}  // namespace flover::cuda
