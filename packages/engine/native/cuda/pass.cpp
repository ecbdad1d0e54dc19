// A pass as the device reads it.
#include "pass.h"

#include <algorithm>
#include <cstring>

#include "pass-tokens.h"

namespace flover::cuda {

namespace {

// Few heads and tokens: small units, to fill the device. Where there are about as many as
// multiprocessors: large ones, whose parts stay in shared memory; measured, docs/engine-speed.md.
int unitChunks(int headTokens) { return headTokens >= 128 ? kUnitChunks : 1; }

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

// Writes the tokens of one pass, in order, and what hangs on them.
class Packer {
 public:
  Packer(const Job& job, const PassLimits& limits, const PassLayout& layout, void* to,
         int passTokens)
      : job_(job),
        limits_(limits),
        view_(to, layout),
        words_{view_.extra},
        unit_(unitChunks(passTokens * limits.headGroups)) {
    view_.extra[0] = view_.extra[1] = 0;
  }

  // The next token of the pass.
  void add(const JobToken& token) {
    const int32_t t = header_.tokens++;
    if (token.row < 0) return addNothing(t);
    const JobRow& row = job_.rows[static_cast<size_t>(token.row)];
    const int32_t* table = job_.blocks.data() + static_cast<size_t>(token.row) * limits_.rowBlocks;
    const bool opensRow = token.row != lastRow_;
    if (opensRow) addTable(row, table);
    const SequenceConfig& config = row.sequence->config;
    view_.ids[t] = token.position < static_cast<int32_t>(config.prompt.size())
                       ? config.prompt[static_cast<size_t>(token.position)]
                       : -1;
    view_.slots[t] = row.slot;
    view_.positions[t] = token.position;
    view_.places[t] =
        table[token.position / limits_.blockTokens] * limits_.headGroups * limits_.blockTokens +
        token.position % limits_.blockTokens;
    view_.tokenRows[t] = use_.rows - 1;
    if (isSingle(job_, token, limits_.tiles))
      addKeyUnits(t, token.position);
    else
      addToTile(t, token.position, opensRow);
    lastRow_ = token.row;
  }

  // Has the token added last sampled.
  void sample(const JobToken& token) {
    const JobRow& row = job_.rows[static_cast<size_t>(token.row)];
    view_.logitTokens[header_.logits] = header_.tokens - 1;
    for (size_t k = 0; !row.beams && k < row.samples.size(); ++k) {
      const auto& [sequence, slot] = row.samples[k];
      SampleEntry e = entryFor(sequence->config, slot, row.to, words_);
      e.logitRow = header_.logits;
      e.index = row.firstEntry + static_cast<int32_t>(k);
      view_.samples[header_.samples++] = e;
    }
    ++header_.logits;
  }

  int32_t logits() const { return header_.logits; }

  // Fills up what is padded, and writes the header, of which `known` says what is not counted here.
  PassUse finish(PassHeader known, const PassShape& shape) {
    for (int t = header_.tokens; t < shape.tokens; ++t) addNothing(t);
    for (int i = header_.logits; i < shape.logitRows; ++i) view_.logitTokens[i] = 0;
    known.tokens = header_.tokens;
    known.items = header_.items;
    known.samples = header_.samples;
    known.queryTiles = header_.queryTiles;
    known.logits = header_.logits;
    *view_.header = known;
    use_.items = header_.items;
    return use_;
  }

 private:
  void addNothing(int32_t t) {
    view_.ids[t] = 0, view_.slots[t] = -1, view_.positions[t] = 0, view_.places[t] = -1,
    view_.tokenRows[t] = 0;
  }

  void addTable(const JobRow& row, const int32_t* table) {
    const int used = (row.to + limits_.blockTokens - 1) / limits_.blockTokens;
    std::memcpy(view_.rowBlocks + static_cast<size_t>(use_.rows) * limits_.rowBlocks, table,
                static_cast<size_t>(used) * 4);
    use_.blocks = std::max(use_.blocks, used);
    ++use_.rows;
  }

  void addKeyUnits(int32_t t, int32_t position) {
    const int count = keyChunks(position);
    for (int c = 0; c < count; c += unit_)
      view_.items[header_.items++] = {t, c | std::min(unit_, count - c) << 16, position + 1,
                                      use_.rows - 1};
  }

  void addToTile(int32_t t, int32_t position, bool opensRow) {
    QueryTile* tile = header_.queryTiles ? &view_.tiles[header_.queryTiles - 1] : nullptr;
    if (opensRow || !tile || tile->count == kQueryTile) {
      tile = &view_.tiles[header_.queryTiles++];
      *tile = {t, 0, position, use_.rows - 1};
    }
    ++tile->count;
  }

  const Job& job_;
  const PassLimits& limits_;
  PassView view_;
  Words words_;
  const int unit_;
  PassHeader header_;
  PassUse use_;
  int32_t lastRow_ = -2;
};

}  // namespace

PassUse packPass(const Job& job, size_t index, const PassLimits& limits, const PassLayout& layout,
                 void* to, std::vector<std::pair<int32_t, int32_t>>& logitRows) {
  const PassCut& cut = job.cuts[index];
  Packer packer(job, limits, layout, to, static_cast<int>(cut.end - cut.begin));
  logitRows.clear();
  for (size_t i = cut.begin; i < cut.end; ++i) {
    const JobToken& token = job.tokens[i];
    packer.add(token);
    if (!samplesAt(job, token)) continue;
    logitRows.emplace_back(token.row, packer.logits());
    packer.sample(token);
  }
  PassHeader header;
  header.record = job.record;
  header.work = job.work;
  header.first = index == 0 && job.edits.empty();
  header.last = index + 1 == job.cuts.size();
  header.begun = static_cast<int32_t>(index) + 1;
  return packer.finish(header, layout.shape);
}

}  // namespace flover::cuda
