#include "flover/beams.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace flover {

BeamGroup::BeamGroup(const SequenceConfig& first, int32_t vocabulary)
    : config_(first), width_(first.groupWidth), vocabulary_(vocabulary) {
  keep_ = std::max<int32_t>(2, 1 + static_cast<int32_t>(first.sampling.endTokens.size())) * width_;
  running_.resize(static_cast<size_t>(width_));
  for (Beam& beam : running_) beam.tokens = first.prompt;
  next_ = running_;
  parents_.assign(static_cast<size_t>(width_), 0);
}

void BeamGroup::propose(int32_t beam, std::span<float> logits, SamplingScratch& scratch) {
  if (isUndefined(logits)) {
    undefined_ = undefinedLogit(logits);
    return;
  }
  const Beam& from = running_[static_cast<size_t>(beam)];
  const double normaliser = logSumExp(logits);
  for (float& x : logits) x = static_cast<float>(x - normaliser);
  processLogits(logits, config_.sampling, from.tokens, static_cast<int32_t>(config_.prompt.size()),
                scratch);
  std::vector<int32_t>& order = scratch.candidates;
  order.resize(logits.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  const size_t keep = std::min<size_t>(static_cast<size_t>(keep_), order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<ptrdiff_t>(keep), order.end(),
      [&](int32_t a, int32_t b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });
  for (size_t rank = 0; rank < keep; ++rank) {
    const float logProb = logits[order[rank]];
    if (logProb == -std::numeric_limits<float>::infinity()) break;
    const float score = static_cast<float>(from.score) + logProb;
    const float selection = score - config_.sampling.diversity * static_cast<float>(rank);
    candidates_.push_back({score, selection, logProb, beam, order[rank]});
  }
}

bool BeamGroup::ends(const BeamCandidate& candidate) {
  if (outputTokens_ >= config_.maxOutputTokens) return true;
  const Beam& from = running_[static_cast<size_t>(candidate.beam)];
  text_.assign(from.tokens.begin(), from.tokens.end());
  text_.push_back(candidate.token);
  return endsHere(config_, text_);
}

void BeamGroup::finish(const BeamCandidate& candidate) {
  Beam beam = running_[static_cast<size_t>(candidate.beam)];
  beam.tokens.push_back(candidate.token);
  beam.logProbs.push_back(candidate.logProb);
  beam.score = candidate.score /
               std::pow(static_cast<double>(outputTokens_), config_.sampling.lengthPenalty);
  const auto place =
      std::upper_bound(finished_.begin(), finished_.end(), beam,
                       [](const Beam& a, const Beam& b) { return a.score > b.score; });
  finished_.insert(place, std::move(beam));
  if (finished_.size() > static_cast<size_t>(width_)) finished_.pop_back();
}

void BeamGroup::advance() {
  if (undefined_) {
    done_ = true;
    candidates_.clear();
    std::iota(parents_.begin(), parents_.end(), 0);
    return;
  }
  outputTokens_ += 1;
  std::sort(candidates_.begin(), candidates_.end(),
            [](const BeamCandidate& a, const BeamCandidate& b) {
              if (a.selection != b.selection) return a.selection > b.selection;
              return a.beam != b.beam ? a.beam < b.beam : a.token < b.token;
            });
  if (candidates_.size() > static_cast<size_t>(keep_))
    candidates_.resize(static_cast<size_t>(keep_));
  size_t running = 0;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const BeamCandidate& candidate = candidates_[i];
    if (ends(candidate)) {
      if (i < static_cast<size_t>(width_)) finish(candidate);
    } else if (running < static_cast<size_t>(width_)) {
      Beam& beam = next_[running];
      const Beam& from = running_[static_cast<size_t>(candidate.beam)];
      beam.tokens.assign(from.tokens.begin(), from.tokens.end());
      beam.logProbs.assign(from.logProbs.begin(), from.logProbs.end());
      beam.tokens.push_back(candidate.token);
      beam.logProbs.push_back(candidate.logProb);
      beam.score = candidate.score;
      parents_[running++] = candidate.beam;
    }
  }
  // Too few candidates (bad words, the end of the text): the search is over; the rest only keeps
  // its shape.
  done_ = running < static_cast<size_t>(width_);
  for (; running < static_cast<size_t>(width_); ++running) {
    const size_t parent =
        running < candidates_.size() ? static_cast<size_t>(candidates_[running].beam) : 0;
    next_[running] = running_[parent];
    next_[running].tokens.push_back(running < candidates_.size() ? candidates_[running].token : 0);
    next_[running].logProbs.push_back(0.0f);
    parents_[running] = static_cast<int32_t>(parent);
  }
  std::swap(running_, next_);
  candidates_.clear();
  updateDone();
}

// The rule of transformers for early_stopping = false: over once `width` hypotheses stand and the
// best running beam, scored at its present length, does not beat the worst of them.
void BeamGroup::updateDone() {
  if (finished_.size() < static_cast<size_t>(width_) || done_) return;
  const double best = running_[0].score /
                      std::pow(static_cast<double>(outputTokens_), config_.sampling.lengthPenalty);
  done_ = !(best > finished_.back().score);
}

Sampled BeamGroup::last(int32_t beam) const {
  const Beam& running = running_[static_cast<size_t>(beam)];
  if (undefined_)
    return {kUndefinedToken - static_cast<int32_t>(running.tokens.size()), *undefined_};
  return {running.tokens.back(), running.logProbs.back()};
}

SequenceResult BeamGroup::result(int32_t index) const {
  const size_t at = static_cast<size_t>(index);
  const bool isFinished = at < finished_.size();
  const Beam& beam = isFinished ? finished_[at] : running_[at - finished_.size()];
  SequenceResult result;
  result.tokens.assign(beam.tokens.begin() + static_cast<ptrdiff_t>(config_.prompt.size()),
                       beam.tokens.end());
  result.logProbs = beam.logProbs;
  const double length =
      std::pow(std::max<double>(outputTokens_, 1.0), config_.sampling.lengthPenalty);
  result.score = isFinished ? beam.score : beam.score / length;
  return result;
}

}  // namespace flover
