// Carries out one work: edits, the forward pass over its rows in chunks, sampling.
#pragma once
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "flover/sampling.h"
#include "forward.h"
#include "job.h"

namespace flover::cpu {

// Logits kept for checks. Shared by the lanes.
struct KeptLogits {
  std::mutex mutex;
  bool keep = false;
  std::unordered_map<int32_t, std::vector<float>> bySequence;
};

class Iteration {
 public:
  // Dead rows of this lane live in the blocks from `firstScratchBlock` on.
  Iteration(const Shared& shared, HostStore& host, KeptLogits& kept, int32_t firstScratchBlock,
            int32_t scratchBlocks);

  // False when the engine is being closed.
  bool run(Job& job);

 private:
  // A row that samples, and where its hidden state is kept until all rows have run.
  struct Pending {
    int32_t row = 0;
    bool dead = false;  // of a sequence that has stopped already
  };
  void gatherRows(const Job& job);
  bool forward();
  void sample(Job& job);
  void sampleRow(Job& job, const Pending& pending, std::span<float> logits,
                 SamplingScratch& scratch, int64_t entry);
  void sampleBeams(Job& job, const Pending& pending, std::span<float> logits, int64_t entry);
  void advanceBeams(Job& job, const std::vector<Sequence*>& group, bool opens, int64_t entry);
  void reorderBeams(const std::vector<Sequence*>& group, const BeamGroup& beams);
  void writeEntry(Completion& completion, int64_t entry, const Sequence& sequence, int32_t token,
                  float logProb, bool stopped);
  void keepLogits(int32_t sequence, std::span<const float> logits);

  static constexpr int64_t kHeadRows = 32;  // rows whose logits stand at once

  Shared shared_;
  HostStore& host_;
  KeptLogits& kept_;
  Forward forward_;
  std::vector<int32_t> scratchBlocks_;
  std::vector<TokenRow> tokens_;
  std::vector<int64_t> lastToken_;  // by row: index of its last token in tokens_
  std::vector<Pending> pending_;
  std::vector<int64_t> entries_;  // first completion entry of each pending row
  std::vector<float> states_;     // hidden states of the pending rows
  Buffer logits_;
  std::vector<SamplingScratch> scratch_;  // by worker
  std::vector<std::vector<std::byte>> staging_;
  std::vector<Sequence*> group_;
};

}  // namespace flover::cpu
