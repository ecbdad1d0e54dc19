// LLaMA 13B on 1, 2 and 4 GPUs, 33B on 2, 65B on 4 (others when named), fp16 from a seed: prompts
// of 8 tokens, then decode with one work planned ahead. Device time of an iteration against the
// weights and KV of one device at the read bandwidth measured here. Arguments choose:
// MODEL[/PARTS]:RANKS[@DEVICES][:COLLECTIVE[:ITERATIONS]], for instance GPT-J:1, or 33B:2@0,0 for
// two ranks that share device 0, or 33B/2:1 for one of two ranks' part alone, without the sums.
#include <cuda_runtime.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "driven.h"
#include "flover/error.h"
#include "flover/shards.h"
#include "models.h"
#include "ranks-cases.h"
#include "read.h"

using namespace flover;
using namespace flover::bench;

namespace {

constexpr int32_t kPrompt = 8;

EngineConfig configOf(const RanksCase& c) {
  EngineConfig config;
  config.model = namedModel(c.model);
  config.world = c.world();
  config.lanes = 1;
  config.blocks = config.maxSequences = 64;
  config.blockTokens = config.maxSequenceTokens = kPrompt + 504;
  config.maxRowTokens = 512;
  return config;
}

// What a device reads for its ranks: their weights, one row of the embedding apart.
double weightBytesADevice(const RanksCase& c, const ModelConfig& m) {
  const double rank = static_cast<double>(weightBytesOfRank(m, 0, c.ranks)) -
                      2.0 * m.vocabulary * m.hidden / c.ranks;
  return rank * c.sharers();
}

double kvBytesADevice(const RanksCase& c, const ModelConfig& m, int32_t batch) {
  return 4.0 * m.layers * m.kvHeads * m.headDim / c.ranks * c.sharers() * batch *
         (kPrompt + c.iterations / 2.0);
}

void run(const RanksCase& c, double gigabytes) {
  const Stopwatch opening;
  Driven driven(configOf(c));
  const double seconds = opening.seconds();
  const ModelConfig& m = driven.config.model;
  const double weights = weightBytesADevice(c, m);
  std::printf("%s on %d, %s: ready in %.1f s, weights of %s %.2f GB, %.2f ms at %.0f GB/s\n",
              c.model.c_str(), c.ranks, c.collective == Collective::Nccl ? "nccl" : "one-shot",
              seconds, c.sharers() == 1 ? "a rank" : "the ranks of a device", weights / 1e9,
              weights / gigabytes / 1e6, gigabytes);
  for (const int32_t batch : {1, 8, 16, 32, 64}) {
    const DecodeTimes times = timeDecode(driven, batch, kPrompt, c.iterations);
    const double roofMs = (weights + kvBytesADevice(c, m, batch)) / gigabytes / 1e6;
    std::printf(
        "  B=%-3d iteration %.3f ms (first %.3f, last %.3f), %.1f %% of the roof; gap p50 "
        "%.1f p99 %.1f us; %.0f tok/s\n",
        batch, times.meanMs(), times.iterationMs.front(), times.iterationMs.back(),
        100 * roofMs / times.meanMs(), median(times.gapsUs), percentile99(times.gapsUs),
        batch * c.iterations / times.seconds);
    std::fflush(stdout);
  }
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
    std::vector<RanksCase> cases;
    for (int i = 1; i < count; ++i) cases.push_back(parseCase(arguments[i]));
    if (count == 1) cases = usualCases(devices);
    const double gigabytes = readGigabytesPerSecond();
    for (const RanksCase& c : cases) run(c, gigabytes);
  } catch (const Error& error) {
    std::printf("failed: %s: %s\n", error.code.c_str(), error.what());
    return 1;
  } catch (const std::logic_error& error) {
    std::printf("failed: a number is wanted in an argument (%s)\n", error.what());
    return 1;
  }
}
