// A work as a lane keeps it until it has ended: the tokens to compute, where their KV lies, and
// what to sample.
#pragma once
#include <vector>

#include "flover/sequences.h"
#include "flover/work.h"
#include "plan.h"

namespace flover::cuda {

// A copy of KV, in the order in which it must happen.
struct Edit {
  enum class Kind { Out, Within, In } kind = Kind::Within;
  int32_t from = 0, to = 0, tokens = 0;
};

struct JobRow {
  Sequence* sequence = nullptr;
  int32_t from = 0, to = 0, flags = 0, slot = 0;
  // The sequences that this row's logits are sampled for, by history slot; empty where it samples
  // none.
  std::vector<std::pair<Sequence*, int32_t>> samples;
  int32_t firstEntry = 0;  // of its samples in the completion
  bool beams = false;
};

// A token of a job: its row, or -1 for a dead row.
struct JobToken {
  int32_t row = -1, position = 0;
};

// A run of tokens of the job.
struct PassCut {
  size_t begin = 0, end = 0;
  bool singlesOnly = true;  // every token is one that a captured graph may take
};

struct Job {
  int32_t work = 0, lane = 0, deadRows = 0;
  std::vector<JobRow> rows;
  std::vector<int32_t> blocks;  // [row][blocksPerSequence] as of this work
  std::vector<Edit> edits;
  std::vector<int32_t> hostBlocksDone;  // free again when the work has ended
  int64_t movedTokens = 0;
  bool serial =
      false;  // the host has a part in its end: nothing may be queued behind it on the device
  // Its tokens in the order in which passes take them, and how many passes the device has been
  // given.
  std::vector<JobToken> tokens;
  std::vector<PassCut> cuts;
  size_t passesGiven = 0;
  bool prompts = false;  // has tokens of a prompt
  int32_t record = 0;
  // Serial jobs: rows whose logits were kept, in the order in which they lie in the lane's host
  // buffer.
  std::vector<int32_t> keptRows;
  // The arrays that the sequence table asks for at the end.
  Work named;
  std::vector<int32_t> sequences, to, flags;
};

}  // namespace flover::cuda
