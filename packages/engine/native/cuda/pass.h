// Cuts a job's tokens into passes and packs each for the device. Decided without a device.
#pragma once
#include <utility>
#include <vector>

#include "job.h"

namespace flover::cuda {

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

// Orders the tokens, decode rows first, then the rest in row order, and cuts them where a pass is
// full, be it of tokens or of end tokens and bad words.
void cutJob(Job& job, const PassLimits& limits);

// Sizes of a pass, its tokens and logit rows not padded.
PassShape shapeOf(const Job& job, const PassCut& cut, const PassLimits& limits);

// What a packed pass uses of its last two arrays: key units, and of the block tables so many rows
// and entries of each.
struct PassUse {
  int items = 0, rows = 0, blocks = 0;
};

// Packs the job's pass number `index`. `logitRows` receives the logit row of each job row that
// samples in it as (row, logit row).
PassUse packPass(const Job& job, size_t index, const PassLimits& limits, const PassLayout& layout,
                 void* to, std::vector<std::pair<int32_t, int32_t>>& logitRows);

}  // namespace flover::cuda
