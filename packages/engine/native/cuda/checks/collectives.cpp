// Both collectives give the same bits, at every number of tokens and on every lane.
#include <cstdio>

#include "../../checks/check.h"
#include "../../checks/driver.h"
#include "flover/error.h"

using namespace flover;
using namespace flover::checks;

namespace {

ModelConfig model(Family family) {
  ModelConfig m = tinyModel(family, DataType::F16);
  m.hidden = 1032;
  m.headDim = m.rope.dims = 64;
  return m;
}

// Two prompts, a long and a short one, and what follows them, on lane `lane`.
std::vector<SequenceResult> resultsOf(const ModelConfig& m, Collective collective, int32_t lane) {
  WorldConfig world = worldOfRanks();
  world.collective = collective;
  Driver d(m, 16, 64, 2, 320, 16, world);
  const int32_t prompts[] = {250, 9};
  for (int32_t id = 0; id < 2; ++id) {
    d.engine->add(d.sequence(id, prompts[id], 12));
    d.place(id, prompts[id] + 12, id * 20);
    d.run({{id, 0, prompts[id], kRowSamples}}, 0, lane);
  }
  for (int32_t i = 0; i < 11; ++i) {
    d.run({{0, prompts[0] + i, prompts[0] + i + 1, kDecodes},
           {1, prompts[1] + i, prompts[1] + i + 1, kDecodes}},
          0, lane);
  }
  return {d.engine->result(0), d.engine->result(1)};
}

}  // namespace

CHECK_ON_RANKS("collectives: sums fused with the norm have the bits of shared ones") {
  for (const Family family : {Family::Llama, Family::GptJ}) {
    const ModelConfig m = model(family);
    expectSame(resultsOf(m, Collective::OneShot, 1), resultsOf(m, Collective::OneShot, 0));
  }
}

CHECK_ON_RANKS("collectives: NCCL has the bits of the one-shot sum") {
  if (ranks == 1) return;
  for (const Family family : {Family::Llama, Family::GptJ}) {
    const ModelConfig m = model(family);
    const auto wanted = resultsOf(m, Collective::OneShot, 0);
    try {
      expectSame(resultsOf(m, Collective::Nccl, 0), wanted);
    } catch (const Error& error) {
      if (error.code != "collective-unavailable") throw;
      throw Skipped{error.what()};
    }
  }
}
