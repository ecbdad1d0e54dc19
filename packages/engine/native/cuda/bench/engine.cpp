// The engine alone, through its function table: LLaMA-13B fp16 from a seed. Arguments choose parts:
// batch sizes, "prefill", "beside", "within", "steady", "move"; none: all.
#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "flover/error.h"
#include "models.h"
#include "parts.h"

using namespace flover;
using namespace flover::bench;

namespace {

EngineConfig configOf(const ModelConfig& model) {
  EngineConfig config;
  config.model = model;
  config.lanes = 2;
  config.blocks = config.maxSequences = 64;
  config.blockTokens = config.maxSequenceTokens = 512;
  config.maxRowTokens = 2048;
  return config;
}

void run(const std::vector<std::string>& chosen) {
  const auto wants = [&](const std::string& name) {
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
  };
  const Stopwatch opening;
  Driven driven(configOf(namedModel("13B")));
  const double seconds = opening.seconds();
  const DeviceInfo info = driven.engine->device();
  std::printf("%s (%s), ready in %.1f s, %lld MiB free\n", info.name.c_str(), info.detail.c_str(),
              seconds, static_cast<long long>(info.freeBytes >> 20));
  for (const int32_t batch : {1, 8, 16, 32, 64})
    if (wants(std::to_string(batch))) decodeAlone(driven, batch);
  if (wants("prefill")) prefill(driven, 511);
  if (wants("beside"))
    for (const int32_t piece : {511, 128}) beside(driven, piece);
  if (wants("within"))
    for (const auto& [tokens, piece] : {std::pair{481, 481}, {511, 511}, {450, 225}, {388, 97}})
      within(driven, tokens, piece);
  if (wants("steady")) steady(driven);
  if (wants("move")) move(driven);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string reason = cudaBackend().unavailable();
    if (!reason.empty()) {
      std::printf("no GPU: %s\n", reason.c_str());
      return 3;
    }
    run({arguments + 1, arguments + count});
  } catch (const Error& error) {
    std::printf("failed: %s: %s\n", error.code.c_str(), error.what());
    return 1;
  }
}
