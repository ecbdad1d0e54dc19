#include "pass.h"

#include <algorithm>
#include <cstring>

#include "bounds.h"

namespace flover::cuda {

namespace {

bool isSingle(const Job& job, const JobToken& token, const PassLimits& limits) {
  return token.row < 0 || !limits.tiles ||
         (job.rows[static_cast<size_t>(token.row)].flags & kRowDecode);
}

bool samplesAt(const Job& job, const JobToken& token) {
  if (token.row < 0) return false;
  const JobRow& row = job.rows[static_cast<size_t>(token.row)];
  return !row.samples.empty() && token.position + 1 == row.to;
}

int chunks(int position) { return position / kKeyChunk + 1; }

// Few heads and tokens: small units, to fill the device; many: large ones, whose parts stay in
// shared memory.
int unitChunks(int headTokens) {
  return headTokens >= 528 ? kUnitChunks : headTokens >= 264 ? 2 : 1;
}

bool barsEnds(const SequenceConfig& config, int32_t position) {
  return position - static_cast<int32_t>(config.prompt.size()) < config.sampling.minOutputTokens;
}

// Whether the token at this position is more than the largest of its logits.
bool isGeneral(const SequenceConfig& config, int32_t position) {
  const SamplingParameters& s = config.sampling;
  return s.temperature > 0 || s.repetitionPenalty != 1.0f || s.presencePenalty != 0.0f ||
         !s.badWords.empty() || (barsEnds(config, position) && !s.endTokens.empty());
}

// Numbers that end tokens and bad words take where this token's logits are sampled.
int wordsAt(const Job& job, const JobToken& token) {
  if (!samplesAt(job, token)) return 0;
  const JobRow& row = job.rows[static_cast<size_t>(token.row)];
  if (row.beams) return 0;
  int count = 0;
  for (const auto& [sequence, slot] : row.samples)
    if (isGeneral(sequence->config, row.to)) count += wordNumbers(sequence->config.sampling);
  return count;
}

struct Words {
  int32_t* extra;
  int at = kFirstWord;
  int32_t add(const SamplingParameters& s) {
    if (s.endTokens.empty() && s.badWords.empty()) return 0;
    const int32_t place = at;
    extra[at++] = static_cast<int32_t>(s.endTokens.size());
    for (const int32_t token : s.endTokens) extra[at++] = token;
    extra[at++] = static_cast<int32_t>(s.badWords.size());
    for (const auto& word : s.badWords) {
      extra[at++] = static_cast<int32_t>(word.size());
      for (const int32_t token : word) extra[at++] = token;
    }
    return place;
  }
};

SampleEntry entryFor(const SequenceConfig& config, int32_t slot, int32_t position, Words& words) {
  const SamplingParameters& s = config.sampling;
  SampleEntry e;
  e.slot = slot;
  e.position = position;
  e.promptTokens = static_cast<int32_t>(config.prompt.size());
  e.groupIndex = config.groupIndex;
  e.topK = s.topK;
  e.barEnds = barsEnds(config, position);
  e.temperature = s.temperature;
  e.topP = s.topP;
  e.repetition = s.repetitionPenalty;
  e.presence = s.presencePenalty;
  e.seed = s.seed;
  e.general = isGeneral(config, position);
  if (e.general) e.wordsAt = words.add(s);
  return e;
}

}  // namespace

void cutJob(Job& job, const PassLimits& limits) {
  std::vector<JobToken>& tokens = job.tokens;
  std::vector<PassCut>& cuts = job.cuts;
  tokens.clear();
  cuts.clear();
  for (int wanted = 1; wanted >= 0; --wanted) {
    for (size_t r = 0; r < job.rows.size(); ++r) {
      const JobRow& row = job.rows[r];
      if (((row.flags & kRowDecode) != 0) != (wanted == 1)) continue;
      for (int32_t p = row.from; p < row.to; ++p) tokens.push_back({static_cast<int32_t>(r), p});
    }
    for (int32_t dead = 0; wanted == 1 && dead < job.deadRows; ++dead) tokens.push_back({});
  }
  PassCut cut;
  int singles = 0, words = kFirstWord;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool single = isSingle(job, tokens[i], limits);
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

PassShape shapeOf(const Job& job, const PassCut& cut, const PassLimits& limits,
                  const Forward& forward, int bucket) {
  PassShape shape;
  shape.rowBlocks = limits.rowBlocks;
  if (bucket > 0) {
    shape.tokens = shape.rows = shape.logitRows = shape.samples = bucket;
    shape.items = bucket * limits.maxChunks;
    shape.extra = limits.extra;
    return shape;
  }
  shape.extra = kFirstWord;
  int rows = 0, logitRows = 0, lastRow = -2, tileTokens = 0;
  for (size_t i = cut.begin; i < cut.end; ++i) {
    const JobToken& token = job.tokens[i];
    if (token.row != lastRow || token.row < 0) ++rows, tileTokens = 0;
    lastRow = token.row;
    if (isSingle(job, token, limits)) {
      shape.items += token.row < 0 ? 0 : chunks(token.position);
    } else if (tileTokens++ % kQueryTile == 0) {
      ++shape.queryTiles;
    }
    if (!samplesAt(job, token)) continue;
    const JobRow& row = job.rows[static_cast<size_t>(token.row)];
    ++logitRows;
    shape.extra += wordsAt(job, token);
    shape.samples += row.beams ? 0 : static_cast<int>(row.samples.size());
  }
  shape.tokens = forward.paddedTokens(static_cast<int>(cut.end - cut.begin));
  shape.rows = std::max(rows, 1);
  shape.logitRows = logitRows > 0 ? forward.paddedTokens(logitRows) : 0;
  return shape;
}

PassUse packPass(const Job& job, size_t index, const PassLimits& limits, const PassLayout& layout,
                 void* to, std::vector<std::pair<int32_t, int32_t>>& logitRows) {
  const PassCut& cut = job.cuts[index];
  PassView v(to, layout);
  PassHeader header;
  header.tokens = static_cast<int32_t>(cut.end - cut.begin);
  header.record = job.record;
  header.work = job.work;
  header.first = index == 0 && job.edits.empty();
  header.last = index + 1 == job.cuts.size();
  header.begun = static_cast<int32_t>(index) + 1;
  Words words{v.extra};
  v.extra[0] = v.extra[1] = 0;
  logitRows.clear();
  const int unit = unitChunks(static_cast<int>(cut.end - cut.begin) * limits.headGroups);
  int rows = 0, blocks = 0, lastRow = -2, logits = 0;
  for (size_t i = cut.begin; i < cut.end; ++i) {
    const JobToken& token = job.tokens[i];
    const int32_t t = static_cast<int32_t>(i - cut.begin);
    if (token.row < 0) {
      v.ids[t] = 0, v.slots[t] = -1, v.positions[t] = 0, v.places[t] = -1, v.tokenRows[t] = 0;
      continue;
    }
    const JobRow& row = job.rows[static_cast<size_t>(token.row)];
    const int32_t* table = job.blocks.data() + static_cast<size_t>(token.row) * limits.rowBlocks;
    if (token.row != lastRow) {
      const int used = (row.to + limits.blockTokens - 1) / limits.blockTokens;
      std::memcpy(v.rowBlocks + static_cast<size_t>(rows) * limits.rowBlocks, table,
                  static_cast<size_t>(used) * 4);
      blocks = std::max(blocks, used);
      ++rows;
    }
    const SequenceConfig& config = row.sequence->config;
    v.ids[t] = token.position < static_cast<int32_t>(config.prompt.size())
                   ? config.prompt[static_cast<size_t>(token.position)]
                   : -1;
    v.slots[t] = row.slot;
    v.positions[t] = token.position;
    v.places[t] =
        table[token.position / limits.blockTokens] * limits.headGroups * limits.blockTokens +
        token.position % limits.blockTokens;
    v.tokenRows[t] = rows - 1;
    if (isSingle(job, token, limits)) {
      const int count = chunks(token.position);
      for (int c = 0; c < count; c += unit)
        v.items[header.items++] = {t, c | std::min(unit, count - c) << 16, token.position + 1,
                                   rows - 1};
    } else {
      QueryTile* tile = header.queryTiles ? &v.tiles[header.queryTiles - 1] : nullptr;
      if (token.row != lastRow || !tile || tile->count == kQueryTile) {
        tile = &v.tiles[header.queryTiles++];
        *tile = {t, 0, token.position, rows - 1};
      }
      ++tile->count;
    }
    lastRow = token.row;
    if (!samplesAt(job, token)) continue;
    v.logitTokens[logits] = t;
    logitRows.emplace_back(token.row, logits);
    if (!row.beams) {
      for (size_t k = 0; k < row.samples.size(); ++k) {
        SampleEntry e =
            entryFor(row.samples[k].first->config, row.samples[k].second, row.to, words);
        e.logitRow = logits;
        e.index = row.firstEntry + static_cast<int32_t>(k);
        v.samples[header.samples++] = e;
      }
    }
    ++logits;
  }
  for (int t = header.tokens; t < layout.shape.tokens; ++t) {
    v.ids[t] = 0, v.slots[t] = -1, v.positions[t] = 0, v.places[t] = -1, v.tokenRows[t] = 0;
  }
  for (int i = logits; i < layout.shape.logitRows; ++i) v.logitTokens[i] = 0;
  header.logits = logits;
  *v.header = header;
  return {header.items, rows, blocks};
}

}  // namespace flover::cuda
