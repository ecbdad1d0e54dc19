// Random requests on one engine, each alone and all together.
#pragma once
#include <array>
#include <memory>
#include <random>
#include <vector>

#include "flover/backend.h"

namespace flover::checks {

// Requests at most, and tokens of one with its output.
constexpr int32_t kMostRequests = 64, kMostTokens = 640;

struct Request {
  SequenceConfig config;
  SequenceResult alone;
};
Request randomRequest(std::mt19937& random, int32_t id, int32_t vocabulary);

// Two lanes, and room for all requests and some to move to.
class CompanyEngine {
 public:
  CompanyEngine(const ModelConfig& model, int32_t blockTokens);

  // From prompt to last token, with nobody beside it; what came out is the request's `alone`.
  void runAlone(Request& request);
  // As many prompts in a work as it takes, then every token that follows for all together.
  void runAtOnce(const std::vector<Request>& requests);
  // As they come: prompts on lane 1, in pieces of 8 or 64 where `chunked`, decode on lane 0 by any
  // who are ready, in any order; with slots, now and then one moves house.
  void runTogether(const std::vector<Request>& requests, std::mt19937& random, bool chunked);

  SequenceResult result(int32_t id) const { return backend_->result(id); }

 private:
  // Sequence, from, to, flags.
  using Rows = std::vector<std::array<int32_t, 4>>;
  struct Together;

  int32_t blocksEach() const {
    return (kMostTokens + config_.blockTokens - 1) / config_.blockTokens;
  }
  void place(Work& work, int32_t id, int32_t slot) const;
  void launch(int32_t lane, const Rows& rows, Work work = {});
  void wait() { backend_->wait(-1, completion_); }
  void launchPrompt(Together& t);
  void launchDecode(Together& t, std::mt19937& random);
  void maybeMove(Together& t, size_t request, int32_t tokens, Work& work, std::mt19937& random);
  void end(Together& t) const;

  EngineConfig config_;
  std::unique_ptr<Backend> backend_;
  Completion completion_;
  int32_t works_ = 0;
};

}  // namespace flover::checks
