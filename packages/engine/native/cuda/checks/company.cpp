// A request's bits do not depend on its company: random sequences alone, and then all together in
// every bucket, slot and paged memory, prompts whole or in pieces, on two lanes, with moves on the
// way. Real widths, so that every kernel takes part.
#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "../../checks/check.h"
#include "../../checks/driver.h"
#include "flover/backend.h"

using namespace flover;

namespace {

constexpr int32_t kDecodes = kRowDecode | kRowSamples;
constexpr int32_t kMost = 64, kTokens = 448;

struct Engine {
  EngineConfig config;
  std::unique_ptr<Backend> backend;
  Completion completion;
  int32_t works = 0;

  Engine(const ModelConfig& model, int32_t blockTokens) {
    config.model = model;
    config.world = checks::worldOfRanks();
    config.lanes = 2;
    config.blockTokens = blockTokens;
    config.blocks = (kMost + 8) * ((kTokens + blockTokens - 1) / blockTokens);
    config.maxSequences = kMost;
    config.maxSequenceTokens = kTokens;
    config.maxRowTokens = 1024;
    backend = cudaBackend().create(config);
    checks::countDevices(config.world);
    backend->synthesize(3);
    backend->ready();
    backend->startClock();
  }

  int32_t blocksEach() const { return (kTokens + config.blockTokens - 1) / config.blockTokens; }

  void launch(int32_t lane, const std::vector<std::array<int32_t, 4>>& rows, Work work = {}) {
    std::vector<int32_t> columns[4];
    for (const auto& row : rows)
      for (int i = 0; i < 4; ++i) columns[i].push_back(row[static_cast<size_t>(i)]);
    work.id = ++works;
    work.lane = lane;
    work.rows = static_cast<int32_t>(rows.size());
    work.sequences = columns[0].data(), work.from = columns[1].data(), work.to = columns[2].data(),
    work.flags = columns[3].data();
    backend->launch(work);
  }
  void wait() { backend->wait(-1, completion); }
};

struct Request {
  SequenceConfig config;
  SequenceResult alone;
};

ModelConfig model(Family family, DataType type, int headDim, int heads, int kvHeads) {
  ModelConfig m;
  m.family = family;
  m.dataType = type;
  m.layers = 2;
  m.hidden = 1024;
  m.intermediate = 2816;
  m.heads = heads;
  m.kvHeads = kvHeads;
  m.headDim = headDim;
  m.vocabulary = 5003;
  m.maxPositions = kTokens;
  m.rope.dims = family == Family::Llama ? headDim : 64;
  return m;
}

Request randomRequest(std::mt19937& random, int32_t id, int32_t vocabulary) {
  Request r;
  SequenceConfig& s = r.config;
  s.id = s.groupFirst = id;
  const int32_t prompt = std::uniform_int_distribution<int32_t>(1, id % 3 ? 60 : 400)(random);
  for (int32_t i = 0; i < prompt; ++i)
    s.prompt.push_back(std::uniform_int_distribution<int32_t>(0, vocabulary - 1)(random));
  s.maxOutputTokens = std::uniform_int_distribution<int32_t>(2, 40)(random);
  s.sampling.logProbs = true;
  s.sampling.seed = static_cast<uint64_t>(id) * 77;
  if (id % 2)
    s.sampling.temperature = 0.8f, s.sampling.topK = id % 4 == 1 ? 50 : 0, s.sampling.topP = 0.95f;
  if (id % 5 == 0) s.sampling.repetitionPenalty = 1.2f;
  return r;
}

void runAlone(Engine& e, Request& r) {
  const SequenceConfig& s = r.config;
  const int32_t p = static_cast<int32_t>(s.prompt.size());
  e.backend->add(s);
  Work work;
  for (int32_t i = 0; i < e.blocksEach(); ++i) work.placements.push_back({s.id, i, i});
  e.launch(0, {{s.id, 0, p, kRowSamples}}, work);
  e.wait();
  for (int32_t i = 0; i + 1 < s.maxOutputTokens; ++i) {
    e.launch(0, {{s.id, p + i, p + i + 1, kDecodes}});
    e.wait();
  }
  r.alone = e.backend->result(s.id);
  e.backend->release(s.id);
}

// All at once: prompts on lane 1 in pieces of 64, one work planned ahead, decodes on lane 0 by any
// who are ready.
void runTogether(Engine& e, const std::vector<Request>& requests, std::mt19937& random,
                 bool chunked) {
  const size_t count = requests.size();
  std::vector<int32_t> made(count, 0), place(count);
  for (size_t i = 0; i < count; ++i) place[i] = static_cast<int32_t>(count - 1 - i);
  size_t next = 0, ended = 0;
  int32_t at = 0;
  bool prefilling = false, decoding = false;
  std::vector<size_t> inDecode;
  int32_t prefillWork = -1;
  while (ended < count) {
    if (!prefilling && next < count) {
      const SequenceConfig& s = requests[next].config;
      const int32_t p = static_cast<int32_t>(s.prompt.size());
      Work work;
      if (at == 0) {
        e.backend->add(s);
        for (int32_t k = 0; k < e.blocksEach(); ++k)
          work.placements.push_back({s.id, k, place[next] * e.blocksEach() + k});
      }
      const int32_t to = chunked ? std::min(p, at + 64) : p;
      e.launch(1, {{s.id, at, to, to == p ? static_cast<int32_t>(kRowSamples) : 0}}, work);
      prefillWork = e.works;
      at = to;
      prefilling = true;
    }
    if (!decoding) {
      std::vector<std::array<int32_t, 4>> rows;
      Work work;
      inDecode.clear();
      for (size_t i = 0; i < count; ++i) {
        const SequenceConfig& s = requests[i].config;
        if (made[i] == 0 || made[i] >= s.maxOutputTokens || random() % 8 == 0) continue;
        const int32_t k = static_cast<int32_t>(s.prompt.size()) + made[i] - 1;
        if (e.blocksEach() == 1 && work.moves.empty() &&
            random() % 4 == 0) {  // now and then one moves house
          const int32_t to = static_cast<int32_t>(count) + static_cast<int32_t>(random() % 8);
          if (std::find(place.begin(), place.end(), to) == place.end()) {
            work.moves.push_back({s.id, 0, place[i], to, k});
            place[i] = to;
          }
        }
        rows.push_back({s.id, k, k + 1, kDecodes});
        inDecode.push_back(i);
      }
      std::shuffle(rows.begin(), rows.end(), random);
      if (!rows.empty()) {
        e.launch(0, rows, work);
        decoding = true;
      }
    }
    if (!prefilling && !decoding) continue;
    e.wait();
    if (e.completion.work == prefillWork && e.completion.lane == 1) {
      prefilling = false;
      if (at == static_cast<int32_t>(requests[next].config.prompt.size())) {
        made[next] = 1;
        ended += requests[next].config.maxOutputTokens == 1;
        ++next;
        at = 0;
      }
    } else {
      decoding = false;
      for (const size_t i : inDecode) ended += ++made[i] == requests[i].config.maxOutputTokens;
    }
  }
}

void checkCompany(const char* name, const ModelConfig& m, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Request> requests;
  for (int32_t id = 0; id < kMost; ++id)
    requests.push_back(randomRequest(random, id, m.vocabulary));
  {
    Engine e(m, 16);
    for (Request& r : requests) runAlone(e, r);
  }
  for (const int32_t blockTokens : {kTokens, 16, 48}) {
    for (const bool chunked : {false, true}) {
      Engine e(m, blockTokens);
      runTogether(e, requests, random, chunked);
      for (const Request& r : requests) {
        const SequenceResult seen = e.backend->result(r.config.id);
        const bool same = seen.tokens == r.alone.tokens && seen.logProbs == r.alone.logProbs;
        if (same) continue;
        size_t i = 0;
        while (i < seen.tokens.size() && seen.tokens[i] == r.alone.tokens[i] &&
               seen.logProbs[i] == r.alone.logProbs[i])
          ++i;
        checks::fail(__FILE__, __LINE__,
                     std::string(name) + ", seed " + std::to_string(seed) + ", blocks of " +
                         std::to_string(blockTokens) + (chunked ? ", chunked" : "") +
                         ": sequence " + std::to_string(r.config.id) + " (prompt " +
                         std::to_string(r.config.prompt.size()) + ") differs from token " +
                         std::to_string(i));
      }
    }
  }
  std::printf("        %s: 64 requests, 6 memories and chunkings, seed %u\n", name, seed);
}

uint32_t freshSeed() { return std::random_device()(); }

}  // namespace

CHECK_ON_RANKS("company: LLaMA, heads of 128") {
  const int32_t few = std::max(2, checks::ranks);
  checkCompany("fp16", model(Family::Llama, DataType::F16, 128, 8, 8), freshSeed());
  checkCompany("bf16", model(Family::Llama, DataType::BF16, 128, 8, few), freshSeed());
  checkCompany("fp32", model(Family::Llama, DataType::F32, 128, 8, 4), freshSeed());
}
CHECK_ON_RANKS("company: LLaMA, heads of 64 in threes") {
  const int32_t groups = checks::ranks == 1 ? 5 : 4;
  checkCompany("fp16", model(Family::Llama, DataType::F16, 64, 3 * groups, groups), freshSeed());
}
CHECK_ON_RANKS("company: GPT-J, heads of 256") {
  checkCompany("fp16", model(Family::GptJ, DataType::F16, 256, 4, 4), freshSeed());
  checkCompany("fp32", model(Family::GptJ, DataType::F32, 256, 4, 4), freshSeed());
}
