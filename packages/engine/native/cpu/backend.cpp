// The CPU backend: weights, KV cache, sequences and lanes behind the function table.
#include "flover/backend.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <system_error>

#include "flover/error.h"
#include "flover/shards.h"
#include "lane.h"
#include "processor.h"

namespace flover::cpu {
namespace {

using Clock = std::chrono::steady_clock;

int threadsFor(const EngineConfig& config) {
  return config.threads > 0 ? config.threads
                            : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Scratch blocks of one lane for its dead rows, one token each; there are never more holes than
// blocks.
int32_t scratchBlocksFor(const EngineConfig& config) {
  return (std::min(config.blocks, config.maxSequences) + config.blockTokens - 1) /
         config.blockTokens;
}

EngineConfig checked(const EngineConfig& config) {
  checkConfig(config);
  if (config.world.collective != Collective::OneShot) {
    throw Error("collective-unavailable", "the cpu backend sums over ranks by one-shot alone",
                "set collective to one-shot");
  }
  checkDevices(config.world, 1);
  int64_t needed = kvTokenBytes(config.model) * config.blockTokens *
                   (int64_t{config.blocks} + config.hostBlocks);
  for (const RankConfig& rank : config.world.ranks)
    needed += weightBytesOfRank(config.model, rank.rank, config.world.size);
  if (needed > physicalBytes()) {
    throw Error("out-of-memory",
                "weights and KV need " + std::to_string(needed >> 20) + " MiB; this machine has " +
                    std::to_string(physicalBytes() >> 20) + " MiB",
                "take fewer KV blocks, a 16-bit type or a smaller model");
  }
  return config;
}

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const EngineConfig& config)
      : world_(checked(config), threadsFor(config), config.lanes * scratchBlocksFor(config)),
        ledger_(config.model),
        table_(config),
        origin_(Clock::now()) {
    const int32_t scratch = scratchBlocksFor(config);
    try {
      for (int32_t lane = 0; lane < config.lanes; ++lane) {
        lanes_.push_back(std::make_unique<Lane>(
            std::make_unique<Iteration>(world_, kept_, config.blocks + lane * scratch, scratch),
            [this] { return nowNanos(); },
            [this](std::unique_ptr<Job> job) { finished(std::move(job)); }));
      }
    } catch (const std::system_error&) {
      throw noThread("lane", static_cast<int>(lanes_.size()) + 1, config.lanes);
    }
  }

  ~CpuBackend() override {
    world_.stop.store(true);
    lanes_.clear();
  }

  DeviceInfo device() const override {
    DeviceInfo info;
    info.backend = "cpu";
    info.name = processorName();
    info.memoryBytes = physicalBytes();
    info.freeBytes = availableBytes();
    int threads = 0;
    for (const auto& rank : world_.ranks) threads += rank->pool.threads();
    info.detail = std::string(instructionSet()) + ", " + std::to_string(threads) + " threads";
    if (!world_.alone()) info.detail += " of " + std::to_string(world_.ranks.size()) + " ranks";
    return info;
  }

  void loadTensor(const std::string& name, DataType type, const std::vector<int64_t>& shape,
                  const void* data) override {
    const TensorSpec* spec = ledger_.accept(name, type, shape, data);
    if (spec == nullptr) return;
    onEachRank(world_.config.world,
               [&](int32_t rank) { world_.rank(rank).weights.load(*spec, type, data); });
  }

  void synthesize(uint64_t seed) override {
    ledger_.acceptAll();
    onEachRank(world_.config.world, [&](int32_t rank) {
      for (const TensorSpec& spec : ledger_.table())
        world_.rank(rank).weights.synthesize(spec, seed);
    });
  }

  void ready() override {
    ledger_.complete();
    ready_ = true;
  }

  void startClock() override { origin_ = Clock::now(); }
  int64_t nowNanos() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - origin_.load())
        .count();
  }

  void add(const SequenceConfig& sequence) override { table_.add(sequence); }

  void release(int32_t sequence) override {
    table_.release(sequence);
    for (const auto& rank : world_.ranks) rank->host.forget(sequence);
    const std::lock_guard lock(kept_.mutex);
    kept_.bySequence.erase(sequence);
  }

  SequenceResult result(int32_t id) const override { return table_.result(id); }

  void launch(const Work& work) override {
    if (!ready_) {
      throw Error("not-ready", "work " + std::to_string(work.id) + " comes before the weights",
                  "load or synthesize all tensors, then call ready");
    }
    std::unique_ptr<Job> job = spareJob();
    table_.plan(work, job->rows);
    job->take(work, table_);
    inFlight_ += 1;
    lanes_[static_cast<size_t>(work.lane)]->push(std::move(job));
  }

  bool wait(int64_t deadlineNanos, Completion& completion) override {
    std::unique_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      if (deadlineNanos < 0 && ended_.empty() && inFlight_ == 0) {
        throw Error("nothing-to-wait-for", "wait without a deadline while no work is queued",
                    "launch a work first, or give a deadline");
      }
      const auto some = [&] { return !ended_.empty(); };
      if (deadlineNanos < 0) {
        changed_.wait(lock, some);
      } else if (!changed_.wait_until(
                     lock, origin_.load() + std::chrono::nanoseconds(deadlineNanos), some)) {
        return false;
      }
      job = std::move(ended_.front());
      ended_.pop_front();
    }
    const int64_t seen = nowNanos();
    inFlight_ -= 1;
    table_.ended(job->work);
    if (job->failure) std::rethrow_exception(job->failure);
    std::swap(completion, job->completion);
    completion.seenNanos = seen;
    spare_.push_back(std::move(job));
    return true;
  }

  void keepLogits(bool keep) override {
    const std::lock_guard lock(kept_.mutex);
    kept_.keep = keep;
  }

  std::vector<float> logits(int32_t sequence) const override {
    const std::lock_guard lock(kept_.mutex);
    const auto found = kept_.bySequence.find(sequence);
    if (found == kept_.bySequence.end()) {
      throw Error("logits-unknown",
                  "no logits of sequence " + std::to_string(sequence) + " were kept",
                  "call keepLogits(true) before the work is launched");
    }
    return found->second;
  }

 private:
  void finished(std::unique_ptr<Job> job) {
    {
      const std::lock_guard lock(mutex_);
      ended_.push_back(std::move(job));
    }
    changed_.notify_all();
  }

  std::unique_ptr<Job> spareJob() {
    if (spare_.empty()) return std::make_unique<Job>();
    std::unique_ptr<Job> job = std::move(spare_.back());
    spare_.pop_back();
    return job;
  }

  World world_;
  LoadLedger ledger_;
  bool ready_ = false;
  SequenceTable table_;
  mutable KeptLogits kept_;
  std::atomic<Clock::time_point> origin_;
  std::vector<std::unique_ptr<Job>> spare_;
  int64_t inFlight_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> ended_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // last: joined first
};

}  // namespace
}  // namespace flover::cpu

namespace flover {

BackendEntry cpuBackend() {
  return {"cpu", [] { return std::string(); },
          [](const EngineConfig& config) -> std::unique_ptr<Backend> {
            return std::make_unique<cpu::CpuBackend>(config);
          },
          [] { return std::vector<std::string>{cpu::processorName()}; }};
}

}  // namespace flover
