// Sequences alive in a backend: what has been planned for them (on the launching thread) and what
// has been executed (on the lane that runs them). Both backends check every work here before they
// take it.
#pragma once
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "flover/beams.h"
#include "flover/model.h"
#include "flover/work.h"

namespace flover {

struct Sequence {
  SequenceConfig config;
  std::shared_ptr<BeamGroup> beams;  // one for a beam request's sequences

  // As of the last launch; only the launching thread reads and writes these.
  struct Plan {
    std::vector<int32_t> blocks;  // [ceil(maxSequenceTokens / blockTokens)], -1 where none
    int32_t kvTokens = 0;         // KV that will stand
    int32_t knownTokens = 0;      // prompt and sampled
    int32_t hostTokens = 0;       // KV that will stand in host memory
    int32_t queuedWorks = 0;
    int32_t lane = -1;
  } plan;

  // As executed; only the lane with this sequence in a running work reads and writes these.
  std::vector<int32_t> tokens;  // prompt and sampled
  std::vector<float> logProbs;
  std::vector<int32_t> blocks;
  bool stopped = false;

  // Appends a sampled token; whether the output ends with it. Without a token nothing is appended,
  // and no more is sampled.
  bool take(const Sampled& sampled);
};

// Whether two sequences are of one request: one prompt, one length, side by side.
bool ofOneGroup(const SequenceConfig& a, const SequenceConfig& b);

// Whether a row that ends before token `to` samples the first token of every sequence of its group.
bool opensGroup(const SequenceConfig& sequence, int32_t to, int32_t flags);

class SequenceTable {
 public:
  explicit SequenceTable(const EngineConfig& config);

  // Throws "sequence-invalid" (known id, wrong tokens, too long, too many), "sampling-invalid".
  Sequence& add(const SequenceConfig& sequence);
  // Throws "sequence-unknown", or "sequence-busy" while a queued work names it.
  void release(int32_t id);
  Sequence& find(int32_t id) const;
  // What a sequence has produced so far. Throws "sequence-unknown", "sequence-busy".
  SequenceResult result(int32_t id) const;

  // Checks a work against all that is planned and adds it to the plan: the lane exists, every
  // sequence is known, ranges follow the KV that stands and tokens that are known, blocks cover
  // them and belong to nobody in a queued work, host blocks suffice, beams come together. Throws
  // "work-invalid"; an illegal work may leave its first edits in the plan, so it ends the run.
  // `rows` receives the sequences of the rows; queuedWorks of all sequences named is raised by one.
  void plan(const Work& work, std::vector<Sequence*>& rows);
  // The work has ended and been waited for: its sequences' queuedWorks go down.
  void ended(const Work& work);

 private:
  void planEdits(const Work& work);
  void planGroups(const Work& work, const std::vector<Sequence*>& rows) const;
  void planOpening(const Work& work, const SequenceConfig& first) const;
  void planBeam(const Work& work, int32_t row, const SequenceConfig& beam) const;
  void planRow(const Work& work, int32_t row, Sequence& sequence);
  void disown(Sequence& sequence);
  void takeBlock(Sequence& sequence, int32_t index, int32_t block, const Work& work);
  void planSwap(const Work& work, const Swap& swap);
  void touch(int32_t id, const Work& work, int32_t change);
  void touchRow(const Work& work, int32_t row, Sequence& sequence, int32_t change);
  void touchEdits(const Work& work, int32_t change);

  EngineConfig config_;
  std::unordered_map<int32_t, std::unique_ptr<Sequence>> sequences_;
  std::vector<int32_t> owner_;       // [blocks] sequence id or -1
  std::vector<int32_t> ownerIndex_;  // [blocks] place in the owner's table
  int32_t hostBlocksUsed_ = 0;
};

}  // namespace flover
