// The CUDA backend: weights, KV, sequences and lanes behind the function table.
#include "flover/backend.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <unordered_map>

#include "beams.h"
#include "clock.h"
#include "flover/error.h"
#include "flover/sampling.h"
#include "lane.h"

namespace flover::cuda {

namespace {

// Oldest architecture that the kernels are compiled for.
constexpr int kOldestMajor = 8;
// Tokens of one pass: prompts in long passes where attention has tiles of queries, else in short ones.
constexpr int kLongPass = 512;
constexpr int kShortPass = 64;

std::string unavailable() {
  int count = 0, driver = 0;
  cudaDriverGetVersion(&driver);
  if (driver == 0) return "no NVIDIA driver is loaded";
  const cudaError_t status = cudaGetDeviceCount(&count);
  cudaGetLastError();
  if (status == cudaErrorInsufficientDriver) {
    return "the NVIDIA driver is too old for this build's CUDA runtime (driver supports CUDA " +
           std::to_string(driver / 1000) + "." + std::to_string(driver % 1000 / 10) + ", the build needs " +
           std::to_string(CUDART_VERSION / 1000) + "." + std::to_string(CUDART_VERSION % 1000 / 10) + ")";
  }
  if (status != cudaSuccess) return std::string("the CUDA runtime says: ") + cudaGetErrorString(status);
  if (count == 0) return "no NVIDIA GPU is visible";
  cudaDeviceProp properties;
  if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) return "the GPU does not answer";
  if (properties.major < kOldestMajor) {
    return std::string(properties.name) + " has compute capability " + std::to_string(properties.major) + "." +
           std::to_string(properties.minor) + "; at least 8.0 is needed";
  }
  return {};
}

cudaDeviceProp select(const EngineConfig& config) {
  checkConfig(config);
  const std::string reason = unavailable();
  if (!reason.empty()) throw Error("backend-unavailable", "the cuda backend cannot run here: " + reason, "use backend cpu");
  int count = 0;
  FLOVER_CUDA(cudaGetDeviceCount(&count));
  if (config.rank.device >= count) {
    throw Error("config-invalid", "rank.device is " + std::to_string(config.rank.device) + "; allowed: 0 to " + std::to_string(count - 1));
  }
  FLOVER_CUDA(cudaSetDevice(config.rank.device));
  cudaDeviceProp properties;
  FLOVER_CUDA(cudaGetDeviceProperties(&properties, config.rank.device));
  return properties;
}

// FLOVER_LANE_PRIORITY: `decode` puts lane 0 first, `prefill` the others, `equal` none. Measured on an H100 with LLaMA-13B, a
// prompt of 511 tokens beside 31 decoding: `decode` 170 ms for the prompt and 12 iterations (5 % sooner than one after the
// other), `equal` 65 ms and 3 (7 %), `prefill` 57 ms and 2 (3 %). `equal` gains most and starves nobody.
int lanePriority(int32_t lane, int lowest, int highest) {
  const char* named = std::getenv("FLOVER_LANE_PRIORITY");
  const std::string order = named ? named : "equal";
  if (order == "equal") return lowest;
  if (order != "decode" && order != "prefill") {
    throw Error("config-invalid", "FLOVER_LANE_PRIORITY is \"" + order + "\"; allowed: decode, equal, prefill");
  }
  return (lane == 0) == (order == "decode") ? highest : lowest;
}

// Refuses early, with the numbers, what cannot fit.
void checkMemory(const EngineConfig& config) {
  size_t freeBytes = 0, totalBytes = 0;
  FLOVER_CUDA(cudaMemGetInfo(&freeBytes, &totalBytes));
  int64_t weights = 0;
  for (const TensorSpec& spec : tensorTable(config.model)) {
    weights += elements(spec) * static_cast<int64_t>(bytesPerElement(config.model.dataType));
  }
  const int64_t kv = KvStore::bytesFor(config, config.blocks);
  if (weights + kv <= static_cast<int64_t>(freeBytes)) return;
  throw Error("out-of-memory",
              "weights of " + std::to_string(weights >> 20) + " MiB and KV of " + std::to_string(kv >> 20) +
                  " MiB are asked for; the device has " + std::to_string(freeBytes >> 20) + " MiB free of " +
                  std::to_string(totalBytes >> 20) + " MiB",
              "take fewer KV blocks, a 16-bit type or a smaller model");
}

class CudaBackend final : public Backend {
 public:
  explicit CudaBackend(const EngineConfig& config)
      : properties_(select(config)), config_(config), table_(config) {
    checkMemory(config);
    prepareProducts();
    prepareAttentionTokens();
    prepareAttentionTiles();
    hopper_ = properties_.major == 9;
    model_ = std::make_unique<Model>(config.model, config.rank, hopper_, config.maxSequenceTokens);
    kv_ = std::make_unique<KvStore>(config);
    history_ = DeviceBuffer(static_cast<size_t>(config.maxSequences) * (config.maxSequenceTokens + 1) * 4);
    for (int32_t slot = config.maxSequences - 1; slot >= 0; --slot) freeSlots_.push_back(slot);
    for (int32_t block = config.hostBlocks - 1; block >= 0; --block) freeHostBlocks_.push_back(block);
    Shared shared;
    shared.model = model_.get();
    shared.kv = kv_.get();
    shared.history = history_.as<int32_t>();
    shared.historyStride = config.maxSequenceTokens + 1;
    shared.multiprocessors = properties_.multiProcessorCount;
    shared.maxSequenceTokens = config.maxSequenceTokens;
    Lane::Limits limits;
    const int longest = Forward::tiles(config.model) ? kLongPass : kShortPass;
    limits.capacity = std::max(std::min(config.maxRowTokens, longest), std::min(config.maxSequences, kShortPass));
    limits.singles = Forward::tiles(config.model) ? std::max(std::min(config.maxSequences, longest), kShortPass) : longest;
    limits.sequences = config.maxSequences;
    limits.blocksPerSequence = (config.maxSequenceTokens + config.blockTokens - 1) / config.blockTokens;
    int lowest = 0, highest = 0;
    FLOVER_CUDA(cudaDeviceGetStreamPriorityRange(&lowest, &highest));
    for (int32_t lane = 0; lane < config.lanes; ++lane) {
      lanes_.push_back(std::make_unique<Lane>(shared, limits, lanePriority(lane, lowest, highest)));
    }
    clockScratch_ = PinnedBuffer(sizeof(Record));
    FLOVER_CUDA(cudaDeviceSynchronize());
  }

  ~CudaBackend() override {
    cudaDeviceSynchronize();
    cudaGetLastError();
  }

  DeviceInfo device() const override {
    size_t freeBytes = 0, totalBytes = 0;
    FLOVER_CUDA(cudaMemGetInfo(&freeBytes, &totalBytes));
    int driver = 0;
    FLOVER_CUDA(cudaDriverGetVersion(&driver));
    DeviceInfo info;
    info.backend = "cuda";
    info.name = properties_.name;
    info.memoryBytes = static_cast<int64_t>(totalBytes);
    info.freeBytes = static_cast<int64_t>(freeBytes);
    info.detail = "compute capability " + std::to_string(properties_.major) + "." + std::to_string(properties_.minor) +
                  ", " + std::to_string(properties_.multiProcessorCount) + " multiprocessors, driver for CUDA " +
                  std::to_string(driver / 1000) + "." + std::to_string(driver % 1000 / 10);
    return info;
  }

  void loadTensor(const std::string& name, DataType type, const std::vector<int64_t>& shape, const void* data) override {
    model_->load(name, type, shape, data);
  }
  void synthesize(uint64_t seed) override { model_->synthesize(seed); }

  void ready() override {
    model_->ready();
    for (size_t i = 0; i < lanes_.size(); ++i) lanes_[i]->capture(i == 0 ? std::min(config_.maxSequences, 64) : 1);
    isReady_ = true;
  }

  void startClock() override {
    clock_.start(clockScratch_.as<Record>(), lanes_[0]->stream());
    ended_.assign(lanes_.size(), 0);
  }
  int64_t nowNanos() const override { return clock_.nowNanos(); }

  void add(const SequenceConfig& config) override {
    table_.add(config);
    const int32_t slot = freeSlots_.back();
    freeSlots_.pop_back();
    slots_[config.id] = slot;
    if (config.groupIndex == 0) return;
    // Its prompt goes through the model as the first of its group's: give it the tokens for its penalties.
    uploadHistory(slot, 0, config.prompt);
    if (config.group == GroupKind::Beams) kv_->spare(config.groupWidth * blocksPerSequence());
  }

  void release(int32_t id) override {
    table_.release(id);
    const auto found = slots_.find(id);
    freeSlots_.push_back(found->second);
    slots_.erase(found);
    dropHostBlocks(id);
    kept_.erase(id);
  }

  SequenceResult result(int32_t id) const override {
    const Sequence& sequence = table_.find(id);
    if (sequence.plan.queuedWorks > 0) {
      throw Error("sequence-busy", "the result of sequence " + std::to_string(id) + " is asked for while a queued work names it");
    }
    if (sequence.beams) return sequence.beams->result(sequence.config.groupIndex);
    SequenceResult result;
    result.tokens.assign(sequence.tokens.begin() + static_cast<ptrdiff_t>(sequence.config.prompt.size()), sequence.tokens.end());
    result.logProbs = sequence.logProbs;
    for (const float logProb : result.logProbs) result.score += logProb;
    return result;
  }

  void launch(const Work& work) override;
  bool wait(int64_t deadlineNanos, Completion& completion) override;

  void keepLogits(bool keep) override { keep_ = keep; }
  std::vector<float> logits(int32_t sequence) const override {
    const auto found = kept_.find(sequence);
    if (found == kept_.end()) {
      throw Error("logits-unknown", "no logits of sequence " + std::to_string(sequence) + " were kept",
                  "call keepLogits(true) before the work is launched");
    }
    return found->second;
  }

 private:
  int blocksPerSequence() const { return (config_.maxSequenceTokens + config_.blockTokens - 1) / config_.blockTokens; }
  void uploadHistory(int32_t slot, int32_t position, const std::vector<int32_t>& tokens) {
    int32_t* to = history_.as<int32_t>() + static_cast<int64_t>(slot) * (config_.maxSequenceTokens + 1) + position;
    FLOVER_CUDA(cudaMemcpyAsync(to, tokens.data(), tokens.size() * 4, cudaMemcpyHostToDevice, lanes_[0]->stream()));
    FLOVER_CUDA(cudaStreamSynchronize(lanes_[0]->stream()));
  }
  void dropHostBlocks(int32_t id) {
    const auto found = hostBlocks_.find(id);
    if (found == hostBlocks_.end()) return;
    freeHostBlocks_.insert(freeHostBlocks_.end(), found->second.begin(), found->second.end());
    hostBlocks_.erase(found);
  }
  void collectRows(const Work& work, Job& job);
  void collectEdits(const Work& work, Job& job);
  void complete(size_t lane, Completion& completion);
  void finishRow(Lane& lane, Job& job, const JobRow& row, Completion& completion);
  void finishBeams(Lane& lane, Job& job, Completion& completion);
  void keepRows(Lane& lane, Job& job);
  void writeEntry(Completion& completion, int32_t entry, const Sequence& sequence, int32_t token, float logProb, bool stopped) {
    const size_t at = static_cast<size_t>(entry);
    completion.sampledSequences[at] = sequence.config.id;
    completion.tokens[at] = token;
    completion.logProbs[at] = logProb;
    completion.stopped[at] = stopped;
  }

  cudaDeviceProp properties_;
  const EngineConfig config_;
  bool hopper_ = false, isReady_ = false, keep_ = false;
  SequenceTable table_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<KvStore> kv_;
  DeviceBuffer history_;
  PinnedBuffer clockScratch_;
  RunClock clock_;
  std::unordered_map<int32_t, int32_t> slots_;
  std::vector<int32_t> freeSlots_, freeHostBlocks_;
  std::unordered_map<int32_t, std::vector<int32_t>> hostBlocks_;
  std::unordered_map<int32_t, std::vector<float>> kept_;
  std::vector<Sequence*> rows_;
  std::vector<std::unique_ptr<Job>> spare_;
  std::vector<int64_t> ended_;
  SamplingScratch scratch_;
  std::vector<float> headBias_;
  std::unique_ptr<Error> dead_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // last: destroyed first
};

void CudaBackend::collectRows(const Work& work, Job& job) {
  job.rows.resize(static_cast<size_t>(work.rows));
  job.blocks.resize(static_cast<size_t>(work.rows) * blocksPerSequence());
  int32_t entry = 0;
  for (int32_t i = 0; i < work.rows; ++i) {
    JobRow& row = job.rows[static_cast<size_t>(i)];
    row.sequence = rows_[static_cast<size_t>(i)];
    row.from = work.from[i], row.to = work.to[i], row.flags = work.flags[i];
    row.slot = slots_.at(work.sequences[i]);
    row.samples.clear();
    row.beams = row.sequence->beams != nullptr;
    const SequenceConfig& config = row.sequence->config;
    row.opensGroup = config.groupWidth > 1 && (row.flags & kRowSamples) && row.to == static_cast<int32_t>(config.prompt.size());
    row.firstEntry = entry;
    if (row.flags & kRowSamples) {
      for (int32_t k = 0; k < (row.opensGroup ? config.groupWidth : 1); ++k) {
        row.samples.emplace_back(&table_.find(config.id + k), slots_.at(config.id + k));
      }
      entry += static_cast<int32_t>(row.samples.size());
      job.serial = job.serial || row.beams;
    }
    const std::vector<int32_t>& blocks = row.sequence->plan.blocks;
    std::copy(blocks.begin(), blocks.end(), job.blocks.begin() + static_cast<ptrdiff_t>(i) * blocksPerSequence());
  }
}

void CudaBackend::collectEdits(const Work& work, Job& job) {
  const auto blockTokens = [&](int32_t tokens, size_t index) {
    return std::clamp<int32_t>(tokens - static_cast<int32_t>(index) * config_.blockTokens, 0, config_.blockTokens);
  };
  for (const Swap& swap : work.swaps) {
    if (!swap.out) continue;
    std::vector<int32_t>& held = hostBlocks_[swap.sequence];
    for (size_t i = 0; blockTokens(swap.tokens, i) > 0; ++i) {
      held.push_back(freeHostBlocks_.back());
      freeHostBlocks_.pop_back();
      job.edits.push_back({Edit::Kind::Out, swap.blocks[i], held.back(), blockTokens(swap.tokens, i)});
    }
    job.movedTokens += swap.tokens;
  }
  for (const Move& move : work.moves) {
    job.edits.push_back({Edit::Kind::Within, move.fromBlock, move.toBlock, move.tokens});
    job.movedTokens += move.tokens;
  }
  for (const Swap& swap : work.swaps) {
    if (swap.out) continue;
    std::vector<int32_t>& held = hostBlocks_[swap.sequence];
    for (size_t i = 0; i < held.size(); ++i) {
      job.edits.push_back({Edit::Kind::In, held[i], swap.blocks[i], blockTokens(swap.tokens, i)});
      job.hostBlocksDone.push_back(held[i]);
    }
    hostBlocks_.erase(swap.sequence);
    job.movedTokens += swap.tokens;
  }
  for (const Fork& fork : work.forks) {
    const Sequence &from = table_.find(fork.from), &to = table_.find(fork.to);
    for (size_t i = 0; blockTokens(fork.tokens, i) > 0; ++i) {
      job.edits.push_back({Edit::Kind::Within, from.plan.blocks[i], to.plan.blocks[i], blockTokens(fork.tokens, i)});
    }
    job.movedTokens += fork.tokens;
  }
}

void CudaBackend::launch(const Work& work) {
  if (dead_) throw *dead_;
  if (!isReady_) throw Error("not-ready", "work is launched before the weights are ready");
  std::unique_ptr<Job> job;
  if (spare_.empty()) {
    job = std::make_unique<Job>();
  } else {
    job = std::move(spare_.back());
    spare_.pop_back();
  }
  table_.plan(work, rows_);
  job->work = work.id;
  job->lane = work.lane;
  job->deadRows = work.deadRows;
  job->edits.clear();
  job->hostBlocksDone.clear();
  job->movedTokens = 0;
  job->serial = keep_;
  job->submitted = false;
  job->named = work;
  job->sequences.assign(work.sequences, work.sequences + work.rows);
  job->to.assign(work.to, work.to + work.rows);
  job->flags.assign(work.flags, work.flags + work.rows);
  job->named.sequences = job->sequences.data();
  job->named.to = job->to.data();
  job->named.flags = job->flags.data();
  collectRows(work, *job);
  collectEdits(work, *job);
  lanes_[static_cast<size_t>(work.lane)]->push(std::move(job));
}

bool CudaBackend::wait(int64_t deadlineNanos, Completion& completion) {
  if (dead_) throw *dead_;
  constexpr int64_t kProbeNanos = 2'000'000;
  int64_t nextProbe = clock_.nowNanos() + kProbeNanos;
  for (;;) {
    size_t first = lanes_.size();
    bool queued = false;
    for (size_t i = 0; i < lanes_.size(); ++i) {
      queued = queued || !lanes_[i]->empty();
      if (!lanes_[i]->done()) continue;
      if (first == lanes_.size() || lanes_[i]->record().endNanos < lanes_[first]->record().endNanos) first = i;
    }
    if (first < lanes_.size()) {
      complete(first, completion);
      return true;
    }
    if (deadlineNanos < 0 && !queued) throw Error("nothing-to-wait-for", "wait without a deadline while no work is queued");
    const int64_t now = clock_.nowNanos();
    if (deadlineNanos >= 0 && now >= deadlineNanos) return false;
    if (!queued && deadlineNanos - now > 200'000) {
      std::this_thread::sleep_until(clock_.at(deadlineNanos - 100'000));
    } else if (now >= nextProbe) {
      nextProbe = now + kProbeNanos;
      try {
        for (const auto& lane : lanes_)
          if (!lane->empty()) lane->probe();
      } catch (const Error& error) {
        dead_ = std::make_unique<Error>(error);
        throw;
      }
    } else {
      std::this_thread::yield();
    }
  }
}

void CudaBackend::finishRow(Lane& lane, Job& job, const JobRow& row, Completion& completion) {
  if (row.sequence->stopped) return writeEntry(completion, row.firstEntry, *row.sequence, -1, 0.0f, false);
  for (size_t k = 0; k < row.samples.size(); ++k) {
    Sequence& sequence = *row.samples[k].first;
    const int32_t entry = row.firstEntry + static_cast<int32_t>(k), token = lane.token(job, entry);
    const float logProb = sequence.config.sampling.logProbs ? lane.logProb(job, entry) : 0.0f;
    sequence.tokens.push_back(token);
    sequence.logProbs.push_back(logProb);
    sequence.stopped = endsHere(sequence.config, sequence.tokens);
    writeEntry(completion, entry, sequence, token, logProb, sequence.stopped);
  }
}

// Beams are chosen on the host: their logits have been kept, and nothing is queued behind their work.
void CudaBackend::finishBeams(Lane& lane, Job& job, Completion& completion) {
  for (size_t i = 0; i < job.keptRows.size(); ++i) {
    const JobRow& row = job.rows[static_cast<size_t>(job.keptRows[i])];
    if (!row.beams) continue;
    if (row.sequence->stopped) {
      writeEntry(completion, row.firstEntry, *row.sequence, -1, 0.0f, false);
      continue;
    }
    const SequenceConfig& config = row.sequence->config;
    row.sequence->beams->propose(config.groupIndex, {lane.keptLogits(i), static_cast<size_t>(config_.model.vocabulary)}, scratch_);
    const bool opens = row.to == static_cast<int32_t>(config.prompt.size());
    if (!opens && config.groupIndex + 1 < config.groupWidth) continue;
    std::vector<Sequence*> group;
    for (int32_t k = 0; k < config.groupWidth; ++k) group.push_back(&table_.find(config.groupFirst + k));
    BeamGroup& beams = *row.sequence->beams;
    beams.advance();
    if (!opens) reorderBeams(group, beams, *kv_, config_.blockTokens, lane.stream());
    const bool stopped = beams.done() && beams.outputTokens() < config.maxOutputTokens;
    const int32_t entry = opens ? row.firstEntry : row.firstEntry + 1 - config.groupWidth;
    for (int32_t k = 0; k < config.groupWidth; ++k) {
      Sequence& sequence = *group[static_cast<size_t>(k)];
      sequence.tokens.assign(beams.tokens(k).begin(), beams.tokens(k).end());
      sequence.logProbs.assign(beams.logProbs(k).begin(), beams.logProbs(k).end());
      sequence.stopped = beams.done();
      const int32_t last = static_cast<int32_t>(sequence.tokens.size()) - 1;
      uploadHistory(slots_.at(sequence.config.id), last, {sequence.tokens.back()});
      writeEntry(completion, entry + k, sequence, sequence.tokens.back(), sequence.logProbs.back(), stopped);
    }
  }
}

void CudaBackend::keepRows(Lane& lane, Job& job) {
  FLOVER_CUDA(cudaStreamSynchronize(lane.stream()));
  const size_t vocabulary = static_cast<size_t>(config_.model.vocabulary);
  if (model_->headBias() && headBias_.empty()) {
    headBias_.resize(vocabulary);
    FLOVER_CUDA(cudaMemcpy(headBias_.data(), model_->headBias(), vocabulary * 4, cudaMemcpyDeviceToHost));
  }
  for (size_t i = 0; i < job.keptRows.size(); ++i) {
    float* logits = lane.keptLogits(i);
    for (size_t v = 0; v < headBias_.size(); ++v) logits[v] += headBias_[v];
    const int32_t id = job.rows[static_cast<size_t>(job.keptRows[i])].sequence->config.id;
    if (keep_) kept_[id].assign(logits, logits + vocabulary);
  }
}

void CudaBackend::complete(size_t index, Completion& completion) {
  Lane& lane = *lanes_[index];
  const Record record = {lane.record().startNanos, lane.record().endNanos, lane.record().editedNanos, 0, 0};
  std::unique_ptr<Job> job = lane.pop();
  clock_.observe(record.endNanos);
  completion.work = job->work;
  completion.lane = job->lane;
  completion.startNanos = std::max(ended_[index], clock_.toRun(record.startNanos));
  completion.endNanos = std::max(completion.startNanos, clock_.toRun(record.endNanos));
  ended_[index] = completion.endNanos;
  completion.movedBytes = job->movedTokens * kv_->tokenBytes();
  completion.moveNanos = job->edits.empty() ? 0 : static_cast<int64_t>(record.editedNanos - record.startNanos);
  size_t entries = 0;
  for (const JobRow& row : job->rows) entries += row.samples.size();
  completion.sampledSequences.resize(entries);
  completion.tokens.resize(entries);
  completion.logProbs.resize(entries);
  completion.stopped.resize(entries);
  if (job->serial) keepRows(lane, *job);
  for (const JobRow& row : job->rows) {
    if (!row.samples.empty() && !row.beams) finishRow(lane, *job, row, completion);
  }
  if (job->serial) finishBeams(lane, *job, completion);
  freeHostBlocks_.insert(freeHostBlocks_.end(), job->hostBlocksDone.begin(), job->hostBlocksDone.end());
  table_.ended(job->named);
  spare_.push_back(std::move(job));
  lane.advance();
}

}  // namespace
}  // namespace flover::cuda

namespace flover {

BackendEntry cudaBackend() {
  return {"cuda", [] { return cuda::unavailable(); },
          [](const EngineConfig& config) -> std::unique_ptr<Backend> { return std::make_unique<cuda::CudaBackend>(config); }};
}

}  // namespace flover
