// LLaMA 13B on 1, 2 and 4 GPUs, 33B on 2, 65B on 4, fp16 from a seed: prompts of 8 tokens, then
// decode with one work planned ahead. Device time of an iteration against the weights and KV of one
// device at the read bandwidth measured here. Arguments choose:
// MODEL[/PARTS]:RANKS[@DEVICES][:COLLECTIVE[:ITERATIONS]], for instance 33B:2, or 33B:2@0,0 for two
// ranks that share device 0, or 33B/2:1 for one of two ranks' part alone, without the sums.
#include <cuda_runtime.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "flover/backend.h"
#include "flover/error.h"
#include "flover/shards.h"
#include "read.h"

using namespace flover;

namespace {

constexpr int32_t kDecodes = kRowDecode | kRowSamples, kPrompt = 8;

struct Case {
  std::string model;
  int32_t ranks = 1;
  std::vector<int32_t> devices;  // of each rank; none: one each
  Collective collective = Collective::OneShot;
  int32_t iterations = 504;
};

ModelConfig llama(const std::string& name) {
  ModelConfig m;
  m.dataType = DataType::F16;
  m.headDim = m.rope.dims = 128;
  m.vocabulary = 32000, m.maxPositions = 2048;
  std::istringstream in(name);
  std::string whole, parts;
  std::getline(in, whole, '/');
  if (whole == "13B") m.layers = 40, m.hidden = 5120, m.intermediate = 13824, m.heads = 40;
  if (whole == "33B") m.layers = 60, m.hidden = 6656, m.intermediate = 17920, m.heads = 52;
  if (whole == "65B") m.layers = 80, m.hidden = 8192, m.intermediate = 22016, m.heads = 64;
  if (m.layers == 0) throw Error("config-invalid", "model " + name + "; allowed: 13B, 33B, 65B");
  m.kvHeads = m.heads;
  if (std::getline(in, parts)) m = modelOfRank(m, 0, std::stoi(parts));
  return m;
}

class Bench {
 public:
  Bench(const Case& c, double gigabytes) : case_(c), gigabytes_(gigabytes) {
    config_.model = llama(c.model);
    config_.world.size = c.ranks;
    config_.world.ranks.clear();
    for (int32_t rank = 0; rank < c.ranks; ++rank) {
      const int32_t device = c.devices.empty() ? rank : c.devices.at(static_cast<size_t>(rank));
      config_.world.ranks.push_back({rank, device});
      sharers_ = std::max(sharers_, ranksOn(device));
    }
    config_.world.collective = c.collective;
    config_.lanes = 1;
    config_.blocks = config_.maxSequences = 64;
    config_.blockTokens = config_.maxSequenceTokens = kPrompt + 504;
    config_.maxRowTokens = 512;
    const auto before = std::chrono::steady_clock::now();
    engine_ = cudaBackend().create(config_);
    engine_->synthesize(1);
    engine_->ready();
    engine_->startClock();
    const std::chrono::duration<double> s = std::chrono::steady_clock::now() - before;
    // What a device reads for its ranks: their weights, one row of the embedding apart.
    weights_ = static_cast<double>(weightBytesOfRank(config_.model, 0, c.ranks)) -
               2.0 * config_.model.vocabulary * config_.model.hidden / c.ranks;
    weights_ *= sharers_;
    std::printf("%s on %d, %s: ready in %.1f s, weights of %s %.2f GB, %.2f ms at %.0f GB/s\n",
                c.model.c_str(), c.ranks, c.collective == Collective::Nccl ? "nccl" : "one-shot",
                s.count(), sharers_ == 1 ? "a rank" : "the ranks of a device", weights_ / 1e9,
                weights_ / gigabytes / 1e6, gigabytes);
  }

  void decode(int32_t batch) {
    Work first;
    std::vector<int32_t> ids;
    for (int32_t i = 0; i < batch; ++i) {
      SequenceConfig s;
      s.id = s.groupFirst = nextId_++;
      s.maxOutputTokens = case_.iterations;
      for (int32_t k = 0; k < kPrompt; ++k)
        s.prompt.push_back((s.id * 977 + k * 31 + 5) % config_.model.vocabulary);
      engine_->add(s);
      first.placements.push_back({s.id, 0, i});
      ids.push_back(s.id);
    }
    const auto before = std::chrono::steady_clock::now();
    launch(ids, 0, kPrompt, kRowSamples, first);
    launch(ids, kPrompt, kPrompt + 1, kDecodes, {});
    std::vector<double> device, gaps;
    int64_t lastEnd = 0;
    Completion c;
    for (int32_t i = 0; i < case_.iterations; ++i) {
      engine_->wait(-1, c);
      if (i > 0) device.push_back(static_cast<double>(c.endNanos - c.startNanos) / 1e6);
      if (i > 1) gaps.push_back(static_cast<double>(c.startNanos - lastEnd) / 1e3);
      lastEnd = c.endNanos;
      if (i + 2 < case_.iterations) launch(ids, kPrompt + 1 + i, kPrompt + 2 + i, kDecodes, {});
    }
    const std::chrono::duration<double> s = std::chrono::steady_clock::now() - before;
    for (const int32_t id : ids) engine_->release(id);
    std::sort(gaps.begin(), gaps.end());
    const double mean = std::accumulate(device.begin(), device.end(), 0.0) / device.size();
    const ModelConfig& m = config_.model;
    const double kv = 4.0 * m.layers * m.kvHeads * m.headDim / case_.ranks * sharers_ * batch *
                      (kPrompt + case_.iterations / 2.0);
    std::printf(
        "  B=%-3d iteration %.3f ms (first %.3f, last %.3f), %.1f %% of the roof; gap p50 "
        "%.1f p99 %.1f us; %.0f tok/s\n",
        batch, mean, device.front(), device.back(), 100 * (weights_ + kv) / gigabytes_ / 1e6 / mean,
        gaps[gaps.size() / 2], gaps[gaps.size() * 99 / 100], batch * case_.iterations / s.count());
    std::fflush(stdout);
  }

 private:
  int32_t ranksOn(int32_t device) const {
    const std::vector<RankConfig>& all = config_.world.ranks;
    return static_cast<int32_t>(std::count_if(
        all.begin(), all.end(), [&](const RankConfig& rank) { return rank.device == device; }));
  }

  void launch(const std::vector<int32_t>& ids, int32_t from, int32_t to, int32_t flag, Work work) {
    const std::vector<int32_t> begin(ids.size(), from), end(ids.size(), to),
        flags(ids.size(), flag);
    work.id = works_++;
    work.rows = static_cast<int32_t>(ids.size());
    work.sequences = ids.data(), work.from = begin.data(), work.to = end.data();
    work.flags = flags.data();
    engine_->launch(work);
  }

  const Case case_;
  const double gigabytes_;
  EngineConfig config_;
  std::unique_ptr<Backend> engine_;
  double weights_ = 0;
  int32_t sharers_ = 0;  // ranks of the device that has most
  int32_t works_ = 0, nextId_ = 0;
};

std::vector<int32_t> devicesIn(const std::string& list) {
  std::vector<int32_t> devices;
  std::istringstream in(list);
  for (std::string device; std::getline(in, device, ',');) devices.push_back(std::stoi(device));
  return devices;
}

Case parse(const std::string& text) {
  Case c;
  std::istringstream in(text);
  std::string part;
  std::getline(in, c.model, ':');
  if (std::getline(in, part, ':')) {
    const size_t at = part.find('@');
    c.ranks = std::stoi(part);
    if (at != std::string::npos) c.devices = devicesIn(part.substr(at + 1));
    if (!c.devices.empty() && c.devices.size() != static_cast<size_t>(c.ranks))
      throw Error("config-invalid", text + " names other than one device a rank");
  }
  if (std::getline(in, part, ':') && !part.empty() && part != "one-shot") {
    if (part != "nccl")
      throw Error("config-invalid", "collective " + part + "; allowed: one-shot, nccl");
    c.collective = Collective::Nccl;
  }
  if (std::getline(in, part, ':')) c.iterations = std::clamp(std::stoi(part), 8, 504);
  return c;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string reason = cudaBackend().unavailable();
    if (!reason.empty()) {
      std::printf("no GPU: %s\n", reason.c_str());
      return 3;
    }
    int devices = 0;
    cudaGetDeviceCount(&devices);
    std::vector<Case> cases;
    for (int i = 1; i < count; ++i) cases.push_back(parse(arguments[i]));
    for (const char* usual : {"13B:1", "13B:2", "33B:2", "33B:2:nccl", "13B:4", "65B:4"})
      if (count == 1 && parse(usual).ranks <= devices) cases.push_back(parse(usual));
    const double gigabytes = bench::readGigabytesPerSecond();
    for (const Case& c : cases) {
      Bench bench(c, gigabytes);
      for (const int32_t batch : {1, 8, 16, 32, 64}) bench.decode(batch);
    }
  } catch (const Error& error) {
    std::printf("failed: %s: %s\n", error.code.c_str(), error.what());
    return 1;
  } catch (const std::logic_error& error) {
    std::printf("failed: a number is wanted in an argument (%s)\n", error.what());
    return 1;
  }
}
