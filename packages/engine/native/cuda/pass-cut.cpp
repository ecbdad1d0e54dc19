// Into which passes a job's tokens go, and how large each is.
#include <algorithm>

#include "bounds.h"
#include "pass-tokens.h"
#include "pass.h"

namespace flover::cuda {

namespace {

// Decode rows first, dead rows behind them, then the rest in row order.
void orderTokens(Job& job) {
  job.tokens.clear();
  for (const bool decode : {true, false}) {
    for (size_t r = 0; r < job.rows.size(); ++r) {
      const JobRow& row = job.rows[r];
      if (((row.flags & kRowDecode) != 0) != decode) continue;
      for (int32_t p = row.from; p < row.to; ++p)
        job.tokens.push_back({static_cast<int32_t>(r), p});
    }
    if (decode) job.tokens.insert(job.tokens.end(), static_cast<size_t>(job.deadRows), JobToken{});
  }
}

}  // namespace

void cutJob(Job& job, const PassLimits& limits) {
  orderTokens(job);
  const std::vector<JobToken>& tokens = job.tokens;
  std::vector<PassCut>& cuts = job.cuts;
  cuts.clear();
  PassCut cut;
  int singles = 0, words = kFirstWord;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool single = isSingle(job, tokens[i], limits.tiles);
    const int own = wordsAt(job, tokens[i]);
    if (static_cast<int>(cut.end - cut.begin) == limits.capacity ||
        (single && singles == limits.singles) || words + own > kMostWordNumbers) {
      cuts.push_back(cut);
      cut = {i, i, true};
      singles = 0, words = kFirstWord;
    }
    cut.end = i + 1;
    cut.singlesOnly = cut.singlesOnly && single;
    singles += single, words += own;
  }
  if (cut.end > cut.begin || cuts.empty()) cuts.push_back(cut);
  job.passesGiven = 0;
  job.prompts =
      std::any_of(cuts.begin(), cuts.end(), [](const PassCut& c) { return !c.singlesOnly; });
}

PassShape shapeOf(const Job& job, const PassCut& cut, const PassLimits& limits) {
  PassShape shape;
  shape.tokens = static_cast<int>(cut.end - cut.begin);
  shape.rowBlocks = limits.rowBlocks;
  shape.extra = kFirstWord;
  int rows = 0, lastRow = -2, tileTokens = 0;
  for (size_t i = cut.begin; i < cut.end; ++i) {
    const JobToken& token = job.tokens[i];
    if (token.row != lastRow || token.row < 0) ++rows, tileTokens = 0;
    lastRow = token.row;
    if (isSingle(job, token, limits.tiles)) {
      shape.items += token.row < 0 ? 0 : keyChunks(token.position);
    } else if (tileTokens++ % kQueryTile == 0) {
      ++shape.queryTiles;
    }
    if (!samplesAt(job, token)) continue;
    const JobRow& row = job.rows[static_cast<size_t>(token.row)];
    ++shape.logitRows;
    shape.extra += wordsAt(job, token);
    shape.samples += row.beams ? 0 : static_cast<int>(row.samples.size());
  }
  shape.rows = std::max(rows, 1);
  return shape;
}

}  // namespace flover::cuda
