#include "lane.h"

#include <algorithm>

#include "clock.h"
#include "flover/error.h"

namespace flover::cuda {

namespace {

// Numbers for end tokens and bad words that a captured pass has room for; more go without a graph.
constexpr int kGraphExtra = 1024;
// From so many unused bytes of a pass on, two copies of what is used take less time than one of
// all.
constexpr size_t kMostUnusedBytes = 256 << 10;

}  // namespace

Lane::Lane(const Shared& shared, const Limits& limits, const Sharing& sharing)
    : shared_(shared), limits_(limits), sharing_(sharing) {
  reports_.stride = limits.sequences;
  const size_t entries = static_cast<size_t>(kRecords) * limits.sequences;
  records_ = PinnedBuffer(kRecords * sizeof(Record));
  tokens_ = PinnedBuffer(entries * 4);
  logProbs_ = PinnedBuffer(entries * 4);
  reports_.records = records_.as<Record>();
  reports_.tokens = tokens_.as<int32_t>();
  reports_.logProbs = logProbs_.as<float>();
  forward_ = std::make_unique<Forward>(shared, reports_, limits.capacity, limits.singles,
                                       limits.sequences);
  pass_.capacity = forward_->capacity();
  pass_.singles = forward_->singles();
  pass_.rowBlocks = limits.blocksPerSequence;
  pass_.blockTokens = shared.kv->blockTokens();
  pass_.maxChunks = (shared.maxSequenceTokens + kKeyChunk - 1) / kKeyChunk;
  pass_.headGroups = shared.model->config().kvHeads;
  pass_.tiles = shared.tiles;
  pass_.extra = kGraphExtra;
  graphPass_ = DeviceBuffer(layoutFor(64).bytes);
  eagerPass_ = DeviceBuffer(eagerLayout().bytes);
  for (Stage& stage : stages_)
    stage.memory = PinnedBuffer(std::max(graphPass_.bytes(), eagerPass_.bytes()));
  // Last: these do not free themselves where there is no memory for what is above.
  FLOVER_CUDA(cudaStreamCreateWithPriority(&own_, cudaStreamNonBlocking, sharing.priority));
  if (sharing.prompts) {
    FLOVER_CUDA(
        cudaStreamCreateWithPriority(&prompts_, cudaStreamNonBlocking, sharing.promptPriority));
  }
  FLOVER_CUDA(cudaEventCreateWithFlags(&order_, cudaEventDisableTiming));
  stream_ = own_;
  for (Stage& stage : stages_)
    FLOVER_CUDA(cudaEventCreateWithFlags(&stage.free, cudaEventDisableTiming));
}

Lane::~Lane() {
  if (stream_) cudaStreamSynchronize(stream_);
  for (Graph& graph : graphs_)
    if (graph.exec) cudaGraphExecDestroy(graph.exec);
  for (Stage& stage : stages_)
    if (stage.free) cudaEventDestroy(stage.free);
  if (order_) cudaEventDestroy(order_);
  if (prompts_) cudaStreamDestroy(prompts_);
  if (own_) cudaStreamDestroy(own_);
}

std::unique_ptr<Job> Lane::pop() {
  std::unique_ptr<Job> job = std::move(queue_.front());
  queue_.pop_front();
  return job;
}

void Lane::probe() const {
  const cudaError_t status = cudaStreamQuery(stream_);
  if (status == cudaErrorNotReady) return;
  FLOVER_CUDA(status);
  if (queue_.empty()) return;
  const Job& job = *queue_.front();
  if (job.passesGiven == job.cuts.size() && !ended(job.record, job.work)) {
    throw Error("internal",
                "the device is idle and work " + std::to_string(job.work) + " has not ended");
  }
}

Lane::Stage& Lane::stage() {
  Stage& stage = stages_[nextStage_];
  nextStage_ = (nextStage_ + 1) % kMostQueued;
  FLOVER_CUDA(cudaEventSynchronize(stage.free));
  return stage;
}

void Lane::upload(const PassLayout& layout, const PassUse& use, void* device, const Stage& packed) {
  const char* from = packed.memory.as<char>();
  const size_t tables = layout.rowBlocks, head = layout.items + use.items * sizeof(KeyUnit);
  const size_t width = static_cast<size_t>(use.blocks) * 4,
               pitch = static_cast<size_t>(layout.shape.rowBlocks) * 4;
  if (layout.bytes <= head + width * use.rows + kMostUnusedBytes) {
    FLOVER_CUDA(cudaMemcpyAsync(device, from, layout.bytes, cudaMemcpyHostToDevice, stream_));
    return;
  }
  FLOVER_CUDA(cudaMemcpyAsync(device, from, head, cudaMemcpyHostToDevice, stream_));
  if (use.rows == 0) return;
  FLOVER_CUDA(cudaMemcpy2DAsync(static_cast<char*>(device) + tables, pitch, from + tables, pitch,
                                width, use.rows, cudaMemcpyHostToDevice, stream_));
}

void Lane::edit(const Job& job) {
  Record& record = reports_.records[job.record];
  stamp(&record.startNanos, stream_);
  const KvPool &device = shared_.kv->device(), &host = shared_.kv->host();
  CopyQueue out(device, host, stream_), within(device, device, stream_), in(host, device, stream_);
  Edit::Kind kind = Edit::Kind::Out;
  const auto queueOf = [&](Edit::Kind k) -> CopyQueue& {
    return k == Edit::Kind::Out ? out : k == Edit::Kind::Within ? within : in;
  };
  for (const Edit& edit : job.edits) {
    if (edit.kind != kind) queueOf(kind).flush();
    kind = edit.kind;
    queueOf(kind).add(edit.from, edit.to, edit.tokens);
  }
  queueOf(kind).flush();
  stamp(&record.editedNanos, stream_);
}

// From here the lane's works go to `stream`, behind all that it has queued before.
void Lane::use(cudaStream_t stream) {
  if (stream == stream_) return;
  FLOVER_CUDA(cudaEventRecord(order_, stream_));
  FLOVER_CUDA(cudaStreamWaitEvent(stream, order_));
  stream_ = stream;
}

// Multiprocessors for a pass, 0: all. Prompts that have company keep to their share, lanes with
// prompts divide it evenly; what decodes takes what is free.
int Lane::shareOf(const Job& job, const Company& company) const {
  if (!job.prompts || !company.any || !sharing_.prompts) return 0;
  return std::max(1, sharing_.prompts / (1 + company.prompts));
}

// As the product kernels want it.
PassShape Lane::shapeFor(const Job& job, const PassCut& cut) const {
  PassShape shape = shapeOf(job, cut, pass_);
  shape.tokens = forward_->paddedTokens(shape.tokens);
  if (shape.logitRows > 0) shape.logitRows = forward_->paddedTokens(shape.logitRows);
  return shape;
}

void Lane::runNext(const Company& company) {
  const auto next = std::find_if(queue_.begin(), queue_.end(), [](const auto& job) {
    return job->passesGiven < job->cuts.size();
  });
  Job& job = **next;
  const int share = shareOf(job, company);
  use(share ? prompts_ : own_);
  if (job.passesGiven == 0) {
    job.keptRows.clear();
    keptRows_ = 0;
    if (!job.edits.empty()) edit(job);
  }
  runPass(job, job.passesGiven++, share);
}

void Lane::runPass(Job& job, size_t index, int share) {
  const PassCut& cut = job.cuts[index];
  const int tokens = static_cast<int>(cut.end - cut.begin);
  const PassShape needed = shapeFor(job, cut);
  Graph* graph = nullptr;
  // No graph is made for the prompts' share, which changes with the company: a capture would come
  // in the middle of a run.
  if (tokens > 0 && cut.singlesOnly && share == 0) {
    graph = graphFor(tokens);
    if (graph) {
      const PassShape& room = graph->layout->shape;
      if (needed.samples > room.samples || needed.logitRows > room.logitRows ||
          needed.extra > room.extra)
        graph = nullptr;
    }
  }
  const PassLayout layout = graph ? *graph->layout : PassLayout(needed);
  void* device = graph ? graphPass_.as() : eagerPass_.as();
  if (layout.bytes > (graph ? graphPass_ : eagerPass_).bytes()) {
    throw Error("internal", "a pass of work " + std::to_string(job.work) + " takes " +
                                std::to_string(layout.bytes) + " bytes, more than any should");
  }
  Stage& packed = stage();
  const PassUse use = packPass(job, index, pass_, layout, packed.memory.as(), logitRows_);
  if (shared_.communicator)
    shared_.communicator->number(*packed.memory.as<PassHeader>(), layout.shape);
  upload(layout, use, device, packed);
  FLOVER_CUDA(cudaEventRecord(packed.free, stream_));
  if (graph) {
    FLOVER_CUDA(cudaGraphLaunch(graph->exec, stream_));
  } else {
    forward_->run(layout, device, stream_, share, layout.shape.tokens);
  }
  if (job.serial) keep(job);
}

void Lane::keep(Job& job) {
  const size_t vocabulary = static_cast<size_t>(shared_.model->config().vocabulary),
               rowBytes = vocabulary * 4;
  const size_t needed = (keptRows_ + logitRows_.size()) * rowBytes;
  if (kept_.bytes() < needed) {
    FLOVER_CUDA(cudaStreamSynchronize(stream_));
    PinnedBuffer larger(needed * 2);
    if (keptRows_) std::memcpy(larger.as(), kept_.as(), keptRows_ * rowBytes);
    kept_ = std::move(larger);
  }
  if (!logitRows_.empty()) {
    FLOVER_CUDA(cudaMemcpyAsync(kept_.as<char>() + keptRows_ * rowBytes, forward_->logits(),
                                logitRows_.size() * rowBytes, cudaMemcpyDeviceToHost, stream_));
  }
  for (const auto& [row, logit] : logitRows_) job.keptRows.push_back(row);
  keptRows_ += logitRows_.size();
}

float* Lane::keptLogits(size_t i) const {
  return kept_.as<float>() + i * static_cast<size_t>(shared_.model->config().vocabulary);
}

}  // namespace flover::cuda
