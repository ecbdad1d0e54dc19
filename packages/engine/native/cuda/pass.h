// Cuts a job's tokens into passes and packs each for the device.
#pragma once
#include <vector>

#include "forward.h"
#include "job.h"

namespace flover::cuda {

// A token of a job: its row, or -1 for a dead row.
struct JobToken {
  int32_t row = -1, position = 0;
};

struct PassLimits {
  int capacity = 0;   // tokens a pass
  int singles = 0;    // single-token rows a pass
  int rowBlocks = 0;  // blocks a sequence
  int blockTokens = 0;
  int maxChunks = 0;   // key chunks a sequence
  int headGroups = 0;  // groups of heads that share keys
  bool tiles = false;  // prompts go by tiles of queries
  int extra = 0;       // room for end tokens and bad words in a captured pass
};

// A run of tokens of the job.
struct PassCut {
  size_t begin = 0, end = 0;
  bool singlesOnly = true;  // every token is one that a captured graph may take
};

// Decode rows first, then the rest in row order, cut where a pass is full.
void cutJob(const Job& job, const PassLimits& limits, std::vector<JobToken>& tokens,
            std::vector<PassCut>& cuts);

// Sizes of a pass; `bucket` > 0 makes them those of a captured graph for so many tokens.
PassShape shapeOf(const Job& job, const std::vector<JobToken>& tokens, const PassCut& cut,
                  const PassLimits& limits, const Forward& forward, int bucket);

// Fills the packed pass. Returns the logit row of each job row that samples in this pass as (row,
// logit row).
void packPass(const Job& job, const std::vector<JobToken>& tokens, const PassCut& cut,
              const PassLimits& limits, const PassLayout& layout, void* to, bool first, bool last,
              std::vector<std::pair<int32_t, int32_t>>& logitRows);

// Numbers that the end tokens and bad words of the job's rows take in `extra`.
int extraNumbers(const Job& job);

}  // namespace flover::cuda
