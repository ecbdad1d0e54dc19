// Beam search over one request, scored as Hugging Face `generate` does (early_stopping = false).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "flover/sampling.h"
#include "flover/work.h"

namespace flover {

// One expansion of a running beam.
struct BeamCandidate {
  float score = 0.0f;      // sum of processed log-probabilities, the new token's included
  float selection = 0.0f;  // score less the diversity penalty: what candidates are ranked by
  float logProb = 0.0f;    // of the new token
  int32_t beam = 0;
  int32_t token = 0;
};

// A beam's candidates, and then the choice among those of all beams:
//   score = score of the beam + log softmax(logits) after steps 1 to 4 of sampling.h;
//   selection = score - diversity * (rank among the expansions of the same beam), Li et al. 2016;
//   the best (max(2, 1 + end tokens)) * width over all beams, ties by lower beam, then token;
//   of these, the ended ones within the first `width` become hypotheses (score /
//   length^lengthPenalty, the best `width` kept), the first `width` others run on; at the length
//   limit all end. Where the logits of one allow no token (sampling.h, 0) the search is over, and
//   all beams stay as they were.
class BeamGroup {
 public:
  BeamGroup(const SequenceConfig& first, int32_t vocabulary);

  int32_t width() const { return width_; }
  bool done() const { return done_; }
  // Done by the text, before the length limit.
  bool stopped() const { return done_ && !undefined_ && outputTokens_ < config_.maxOutputTokens; }
  int32_t outputTokens() const { return outputTokens_; }

  // Puts the best expansions of running beam `beam` forward; spoils the logits. Before the first
  // `advance` there is one beam, 0.
  void propose(int32_t beam, std::span<float> logits, SamplingScratch& scratch);
  // Chooses; afterwards tokens(i) are the tokens of running beam i, which came from beam
  // parents()[i].
  void advance();

  const std::vector<int32_t>& parents() const { return parents_; }
  std::span<const int32_t> tokens(int32_t beam) const { return running_[beam].tokens; }
  std::span<const float> logProbs(int32_t beam) const { return running_[beam].logProbs; }

  // What the last `advance` gave running beam `beam`, as `sampleToken` would.
  Sampled last(int32_t beam) const;

  // The index-th best: hypotheses first, then running beams where the search was cut short.
  SequenceResult result(int32_t index) const;

 private:
  struct Beam {
    std::vector<int32_t> tokens;  // prompt and output
    std::vector<float> logProbs;  // of the output
    double score = 0.0;
  };
  bool ends(const BeamCandidate& candidate);
  void finish(const BeamCandidate& candidate);
  void updateDone();

  SequenceConfig config_;
  int32_t width_ = 1;
  int32_t keep_ = 2;
  int32_t vocabulary_ = 0;
  int32_t outputTokens_ = 0;
  bool done_ = false;
  std::optional<float> undefined_;  // what was wrong with logits that allow no token
  std::vector<Beam> running_;
  std::vector<Beam> next_;
  std::vector<Beam> finished_;  // score descending
  std::vector<BeamCandidate> candidates_;
  std::vector<int32_t> parents_;
  std::vector<int32_t> text_;
};

}  // namespace flover
