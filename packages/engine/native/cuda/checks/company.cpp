// A request's bits do not depend on its company: random sequences alone, and then all together in
// every bucket, slot and paged memory, prompts whole, in pieces or many in one work, on two lanes,
// with moves on the way. Real widths, so that every kernel takes part.
#include <algorithm>
#include <cstdio>
#include <random>

#include "../../checks/check.h"
#include "company-runs.h"

using namespace flover;
using namespace flover::checks;

namespace {

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
  m.maxPositions = kMostTokens;
  m.rope.dims = family == Family::Llama ? headDim : 64;
  return m;
}

// The first output token whose number or log-probability differs; -1 for none.
int64_t firstDifference(const SequenceResult& seen, const SequenceResult& wanted) {
  if (seen.tokens == wanted.tokens && seen.logProbs == wanted.logProbs) return -1;
  size_t i = 0;
  while (i < seen.tokens.size() && i < wanted.tokens.size() &&
         seen.tokens[i] == wanted.tokens[i] && seen.logProbs[i] == wanted.logProbs[i])
    ++i;
  return static_cast<int64_t>(i);
}

void expectAsAlone(const CompanyEngine& engine, const Request& request, const std::string& where) {
  const int64_t token = firstDifference(engine.result(request.config.id), request.alone);
  if (token < 0) return;
  fail(__FILE__, __LINE__,
       where + ": sequence " + std::to_string(request.config.id) + " (prompt " +
           std::to_string(request.config.prompt.size()) + ") differs from token " +
           std::to_string(token));
}

void checkCompany(const char* name, const ModelConfig& m) {
  const uint32_t seed = std::random_device()();
  std::mt19937 random(seed);
  std::vector<Request> requests;
  for (int32_t id = 0; id < kMostRequests; ++id)
    requests.push_back(randomRequest(random, id, m.vocabulary));
  {
    CompanyEngine engine(m, 16);
    for (Request& r : requests) engine.runAlone(r);
  }
  {
    CompanyEngine engine(m, 16);
    engine.runAtOnce(requests);
    for (const Request& r : requests) expectAsAlone(engine, r, std::string(name) + ", at once");
  }
  for (const int32_t blockTokens : {kMostTokens, 16, 48}) {
    for (const bool chunked : {false, true}) {
      CompanyEngine engine(m, blockTokens);
      engine.runTogether(requests, random, chunked);
      const std::string where = std::string(name) + ", seed " + std::to_string(seed) +
                                ", blocks of " + std::to_string(blockTokens) +
                                (chunked ? ", chunked" : "");
      for (const Request& r : requests) expectAsAlone(engine, r, where);
    }
  }
  std::printf("        %s: 64 requests, 6 memories and chunkings, seed %u\n", name, seed);
}

}  // namespace

CHECK_ON_RANKS("company: LLaMA, heads of 128") {
  const int32_t few = std::max(2, checks::ranks);
  checkCompany("fp16", model(Family::Llama, DataType::F16, 128, 8, 8));
  checkCompany("bf16", model(Family::Llama, DataType::BF16, 128, 8, few));
  checkCompany("fp32", model(Family::Llama, DataType::F32, 128, 8, 4));
}
CHECK_ON_RANKS("company: LLaMA, heads of 64 in threes") {
  const int32_t groups = checks::ranks == 1 ? 5 : 4;
  checkCompany("fp16", model(Family::Llama, DataType::F16, 64, 3 * groups, groups));
}
CHECK_ON_RANKS("company: GPT-J, heads of 256") {
  checkCompany("fp16", model(Family::GptJ, DataType::F16, 256, 4, 4));
  checkCompany("fp32", model(Family::GptJ, DataType::F32, 256, 4, 4));
}
