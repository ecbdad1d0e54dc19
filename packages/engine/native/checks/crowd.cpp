// Many small requests at once: singles, samples and beams, prompts together on one lane beside
// decode on the other with one work planned ahead, slots that move. Every one has the bits that it
// has alone.
#include <algorithm>
#include <deque>
#include <random>

#include "check.h"
#include "driver.h"

using namespace flover;
using namespace flover::checks;

namespace {

constexpr int32_t kTokens = 48, kSlots = 40;

struct Request {
  std::vector<SequenceConfig> sequences;
  std::vector<int32_t> slots;
  int32_t planned = 0;  // tokens of each sequence, those of queued works too
  bool ready = false;   // its prompt has ended
  std::vector<SequenceResult> results;

  int32_t width() const { return static_cast<int32_t>(sequences.size()); }
  int32_t prompt() const { return static_cast<int32_t>(sequences[0].prompt.size()); }
  int32_t output() const { return sequences[0].maxOutputTokens; }
};

// A run of some requests on a fresh engine.
class Crowd {
 public:
  Crowd(const ModelConfig& model, std::vector<Request*> requests, std::mt19937& random)
      : driver_(model, kTokens, kSlots, 2, kTokens, 64),
        requests_(std::move(requests)),
        random_(random) {
    for (int32_t slot = 0; slot < kSlots; ++slot) free_.push_back(slot);
  }

  void run(size_t queued, bool moves) {
    size_t ended = 0;
    while (ended < requests_.size()) {
      prefill();
      while (decodes_.size() < queued && decode(moves)) {
      }
      driver_.engine->wait(-1, driver_.completion);
      if (driver_.completion.lane == 1) {
        for (Request* r : prompts_) r->ready = true;
        prompts_.clear();
        continue;
      }
      const Decode done = std::move(decodes_.front());
      decodes_.pop_front();
      free_.insert(free_.end(), done.left.begin(), done.left.end());
      for (Request* r : done.last) finish(*r);
      ended += done.last.size();
    }
  }

 private:
  struct Decode {
    std::vector<Request*> last;  // those whose last token it samples
    std::vector<int32_t> left;   // slots moved away from: free for the other lane at its end
  };

  int32_t below(int32_t n) { return static_cast<int32_t>(random_() % static_cast<uint32_t>(n)); }

  int32_t takeSlot() {
    std::swap(free_[static_cast<size_t>(below(static_cast<int32_t>(free_.size())))], free_.back());
    const int32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void prefill() {
    if (!prompts_.empty()) return;
    std::vector<Row> rows;
    for (int32_t most = 1 + below(6); next_ < requests_.size() && most > 0; --most) {
      Request& r = *requests_[next_];
      if (free_.size() < r.sequences.size()) break;
      for (const SequenceConfig& s : r.sequences) {
        driver_.engine->add(s);
        r.slots.push_back(takeSlot());
      }
      driver_.work.placements.push_back({r.sequences[0].id, 0, r.slots[0]});
      rows.push_back({r.sequences[0].id, 0, r.prompt(), kRowSamples});
      prompts_.push_back(&r);
      r.planned = 1;
      ++next_;
    }
    if (!rows.empty()) driver_.launch(rows, 0, 1);
  }

  bool decode(bool moves) {
    std::vector<Row> rows;
    Decode mine;
    for (Request* r : requests_) {
      if (!r->ready || r->planned == r->output()) continue;
      const int32_t at = r->prompt() + r->planned - 1;
      for (int32_t k = 0; k < r->width(); ++k) {
        const int32_t id = r->sequences[static_cast<size_t>(k)].id;
        int32_t& slot = r->slots[static_cast<size_t>(k)];
        if (r->planned == 1 && k > 0) {
          driver_.work.placements.push_back({id, 0, slot});
          driver_.work.forks.push_back({r->sequences[0].id, id, at});
        } else if (moves && !free_.empty() && below(4) == 0) {
          const int32_t to = takeSlot();
          driver_.work.moves.push_back({id, 0, slot, to, at});
          mine.left.push_back(slot);
          slot = to;
        }
        rows.push_back({id, at, at + 1, kDecodes});
      }
      if (++r->planned == r->output()) mine.last.push_back(r);
    }
    if (rows.empty()) return false;
    driver_.launch(rows, below(3), 0);
    decodes_.push_back(std::move(mine));
    return true;
  }

  void finish(Request& r) {
    for (const SequenceConfig& s : r.sequences) r.results.push_back(driver_.engine->result(s.id));
    for (const SequenceConfig& s : r.sequences) driver_.engine->release(s.id);
    free_.insert(free_.end(), r.slots.begin(), r.slots.end());
  }

  Driver driver_;
  std::vector<Request*> requests_, prompts_;
  std::mt19937& random_;
  std::vector<int32_t> free_;
  std::deque<Decode> decodes_;
  size_t next_ = 0;
};

Request randomRequest(std::mt19937& random, int32_t first, int32_t vocabulary) {
  const auto between = [&](int32_t low, int32_t high) {
    return std::uniform_int_distribution<int32_t>(low, high)(random);
  };
  const GroupKind kind = static_cast<GroupKind>(between(0, 2));
  SequenceConfig s;
  s.group = kind;
  s.groupFirst = first;
  s.groupWidth = kind == GroupKind::Single ? 1 : between(2, 4);
  for (int32_t i = between(1, between(0, 1) ? 1 : 24); i > 0; --i)
    s.prompt.push_back(between(0, vocabulary - 1));
  s.maxOutputTokens = between(2, 20);
  s.sampling.logProbs = true;
  s.sampling.seed = random();
  if (kind != GroupKind::Beams && between(0, 1))
    s.sampling.temperature = 0.9f, s.sampling.topP = 0.95f;
  if (between(0, 2) == 0) s.sampling.repetitionPenalty = 1.3f;
  Request r;
  for (s.id = first; s.id < first + s.groupWidth; ++s.id, ++s.groupIndex) r.sequences.push_back(s);
  return r;
}

void checkCrowd(const ModelConfig& model, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Request> alone;
  int32_t sequences = 0;
  for (int32_t i = 0; i < 48; ++i) {
    alone.push_back(randomRequest(random, sequences, model.vocabulary));
    sequences += alone.back().width();
  }
  std::vector<Request> together = alone;
  std::vector<Request*> crowd;
  for (Request& r : together) crowd.push_back(&r);
  Crowd(model, crowd, random).run(2, true);
  for (size_t i = 0; i < alone.size(); ++i) {
    Crowd(model, {&alone[i]}, random).run(1, false);
    for (size_t k = 0; k < alone[i].results.size(); ++k) {
      const SequenceResult &seen = together[i].results[k], &wanted = alone[i].results[k];
      if (seen.tokens == wanted.tokens && seen.logProbs == wanted.logProbs) continue;
      fail(__FILE__, __LINE__,
           "seed " + std::to_string(seed) + ": request " + std::to_string(i) + " (kind " +
               std::to_string(static_cast<int32_t>(alone[i].sequences[0].group)) + "), sequence " +
               std::to_string(k) + " differs in company");
    }
  }
}

}  // namespace

CHECK_ON_RANKS("crowd: small requests of all kinds on two lanes, planned ahead, with moves") {
  for (const Family family : {Family::Llama, Family::GptJ})
    for (const DataType type : {DataType::F32, DataType::F16, DataType::BF16})
      checkCrowd(tinyModel(family, type), std::random_device()());
}
