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

// What is decided in it, tables and tokens, is decided on the lane's own thread; KV, layers and
// logits are every rank's part.
class Iteration {
 public:
  // Dead rows of this lane live in the blocks from `firstScratchBlock` on.
  Iteration(World& world, KeptLogits& kept, int32_t firstScratchBlock, int32_t scratchBlocks);

  // Throws Closing when the engine is being closed.
  void run(Job& job);

 private:
  // A row that samples.
  struct Pending {
    int32_t row = 0;
    bool dead = false;  // of a sequence that has stopped already
  };
  // A rank's part in this lane.
  struct Member {
    Member(World& world, Rank& rank, Communicator& communicator)
        : rank(rank), forward(world, rank, communicator) {}
    Rank& rank;
    Forward forward;
    std::vector<std::vector<std::byte>> staging;  // KV of beams on its way, by beam
  };
  void edit(Job& job);
  void gatherRows(const Job& job);
  void sample(Job& job);
  void sampleRow(Job& job, const Pending& pending, std::span<float> logits,
                 SamplingScratch& scratch, int64_t entry);
  void sampleBeams(Job& job, const Pending& pending, std::span<float> logits, int64_t entry);
  void advanceBeams(Job& job, const std::vector<Sequence*>& group, bool opens, int64_t entry);
  void reorderBeams(const std::vector<Sequence*>& group, const BeamGroup& beams);
  void writeEntry(Completion& completion, int64_t entry, const Sequence& sequence,
                  const Sampled& sampled, bool stopped);
  void keepLogits(int32_t sequence, std::span<const float> logits);

  static constexpr int64_t kHeadRows = 32;  // rows whose logits stand at once

  World& world_;
  KeptLogits& kept_;
  Team team_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<int32_t> scratchBlocks_;
  std::vector<TokenRow> tokens_;
  std::vector<Pending> pending_;
  std::vector<int64_t> pendingTokens_;    // index of each pending row's last token in tokens_
  std::vector<int64_t> entries_;          // first completion entry of each pending row
  Buffer logits_;                         // [kHeadRows, vocabulary], every rank filling its columns
  std::vector<SamplingScratch> scratch_;  // by worker of rank 0
  std::vector<Sequence*> group_;
};

}  // namespace flover::cpu
