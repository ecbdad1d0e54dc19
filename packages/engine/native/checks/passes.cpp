// How the CUDA backend cuts jobs into passes and packs them, which takes no device.
#include <memory>
#include <set>
#include <string>

#include "../cuda/bounds.h"
#include "../cuda/pass.h"
#include "check.h"
#include "flover/random.h"

using namespace flover;
using namespace flover::cuda;

namespace {

// Numbers below `most`, from a seed.
struct Draw {
  uint64_t seed, count = 0;
  int operator()(int most) {
    return static_cast<int>(randomBits(seed, count++) % static_cast<uint64_t>(most));
  }
};

// A random job with the sequences that its rows name.
struct Case {
  std::vector<std::unique_ptr<Sequence>> sequences;
  PassLimits limits;
  Job job;

  explicit Case(Draw draw) {
    limits.capacity = 8 << draw(4);
    limits.singles = std::max(1, limits.capacity >> draw(3));
    limits.blockTokens = 1 + draw(40);
    limits.rowBlocks = (kLongest + limits.blockTokens - 1) / limits.blockTokens;
    limits.headGroups = 1 << draw(6);
    limits.tiles = draw(2) == 0;
    job.work = 7, job.record = draw(16), job.deadRows = draw(4);
    if (draw(3) == 0) job.edits.push_back({});
    int32_t entry = 0;
    for (int rows = draw(12); rows > 0; --rows) addRow(draw, entry);
  }

  static constexpr int kLongest = 700;

 private:
  void addRow(Draw& draw, int32_t& entry) {
    JobRow row;
    const bool decode = draw(2) == 0;
    row.to = 2 + draw(kLongest - 1);
    row.from = decode ? row.to - 1 : draw(row.to);
    row.flags = (decode ? kRowDecode : 0) | (draw(2) == 0 ? kRowSamples : 0);
    row.slot = static_cast<int32_t>(job.rows.size()) * 4;
    row.beams = draw(5) == 0;
    row.firstEntry = entry;
    const int width = !(row.flags & kRowSamples) ? 0 : decode || row.beams ? 1 : 1 + draw(3);
    for (int k = 0; k < std::max(width, 1); ++k) {
      sequences.push_back(std::make_unique<Sequence>());
      SequenceConfig& config = sequences.back()->config;
      config.prompt.assign(static_cast<size_t>(decode ? 1 : row.to), 5);
      config.sampling.temperature = static_cast<float>(draw(2));
      config.sampling.endTokens.assign(static_cast<size_t>(draw(4)), 3);
      // Some take most of what a pass has room for.
      const size_t longest = 60000 / static_cast<size_t>(std::max(width, 1));
      if (draw(2) == 0)
        config.sampling.badWords = {{1, 2},
                                    std::vector<int32_t>(draw(static_cast<int>(longest)), 9)};
      if (width > 0) row.samples.emplace_back(sequences.back().get(), row.slot + k);
    }
    row.sequence = sequences[sequences.size() - static_cast<size_t>(std::max(width, 1))].get();
    entry += static_cast<int32_t>(row.samples.size());
    for (int i = 0; i < limits.rowBlocks; ++i) job.blocks.push_back(draw(1000));
    job.rows.push_back(std::move(row));
  }
};

// A packed pass, in exactly the memory that its layout says.
struct Packed {
  PassLayout layout;
  std::vector<char> memory;
  std::vector<std::pair<int32_t, int32_t>> logitRows;
  PassUse use;

  Packed(const Case& c, size_t index)
      : layout(shapeOf(c.job, c.job.cuts[index], c.limits)), memory(layout.bytes) {
    use = packPass(c.job, index, c.limits, layout, memory.data(), logitRows);
  }
  PassView view() { return PassView(memory.data(), layout); }
};

void forRandomCases(const std::function<void(Case&)>& body) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Case c(Draw{seed});
    cutJob(c.job, c.limits);
    try {
      body(c);
    } catch (const std::exception& error) {
      throw std::runtime_error("seed " + std::to_string(seed) + ": " + error.what());
    }
  }
}

// The keys of each token of the pass that attention takes by itself, as its units cover them.
std::vector<int> keysBySingle(PassView v) {
  std::vector<int> chunks(static_cast<size_t>(v.header->tokens), 0);
  for (int i = 0; i < v.header->items; ++i) {
    const KeyUnit& unit = v.items[i];
    int& next = chunks[static_cast<size_t>(unit.token)];
    EXPECT_EQUAL(unit.chunks & 0xffff, next);
    EXPECT_EQUAL(unit.length, v.positions[unit.token] + 1);
    next += unit.chunks >> 16;
  }
  return chunks;
}

}  // namespace

CHECK("passes: each token stands in one, decode rows first, none is fuller than it may be") {
  forRandomCases([](Case& c) {
    size_t at = 0;
    bool decoding = true;
    std::set<std::pair<int32_t, int32_t>> seen;
    for (const PassCut& cut : c.job.cuts) {
      EXPECT_EQUAL(cut.begin, at);
      at = cut.end;
      EXPECT(static_cast<int>(cut.end - cut.begin) <= c.limits.capacity);
      int singles = 0;
      for (size_t i = cut.begin; i < cut.end; ++i) {
        const JobToken& token = c.job.tokens[i];
        const bool dead = token.row < 0;
        const bool decode = dead || (c.job.rows[token.row].flags & kRowDecode);
        EXPECT(decoding || !decode);
        decoding = decode;
        singles += decode || !c.limits.tiles;
        if (!dead) EXPECT(seen.insert({token.row, token.position}).second);
      }
      EXPECT(singles <= c.limits.singles);
      EXPECT_EQUAL(cut.singlesOnly, singles == static_cast<int>(cut.end - cut.begin));
    }
    EXPECT_EQUAL(at, c.job.tokens.size());
    size_t tokens = 0;
    for (const JobRow& row : c.job.rows) tokens += static_cast<size_t>(row.to - row.from);
    EXPECT_EQUAL(seen.size(), tokens);
    EXPECT_EQUAL(at, tokens + static_cast<size_t>(c.job.deadRows));
  });
}

CHECK("passes: what is packed has the sizes that were reckoned") {
  forRandomCases([](Case& c) {
    for (size_t index = 0; index < c.job.cuts.size(); ++index) {
      Packed p(c, index);
      const PassView v = p.view();
      const PassShape& shape = p.layout.shape;
      EXPECT_EQUAL(v.header->tokens, shape.tokens);
      EXPECT_EQUAL(v.header->logits, shape.logitRows);
      EXPECT_EQUAL(v.header->samples, shape.samples);
      EXPECT_EQUAL(v.header->queryTiles, shape.queryTiles);
      EXPECT(v.header->items <= shape.items);
      EXPECT(p.use.rows <= shape.rows && p.use.blocks <= shape.rowBlocks);
      EXPECT(shape.extra <= kMostWordNumbers);
      EXPECT_EQUAL(v.header->last != 0, index + 1 == c.job.cuts.size());
      EXPECT_EQUAL(v.header->first != 0, index == 0 && c.job.edits.empty());
      EXPECT_EQUAL(p.logitRows.size(), static_cast<size_t>(shape.logitRows));
    }
  });
}

CHECK("passes: attention sees each token with all its keys, where they lie") {
  forRandomCases([](Case& c) {
    for (size_t index = 0; index < c.job.cuts.size(); ++index) {
      Packed p(c, index);
      const PassView v = p.view();
      std::vector<int> chunks = keysBySingle(v);
      for (int i = 0; i < v.header->queryTiles; ++i) {
        const QueryTile& tile = v.tiles[i];
        EXPECT(tile.count >= 1 && tile.count <= kQueryTile);
        for (int k = 0; k < tile.count; ++k) {
          EXPECT_EQUAL(v.positions[tile.token + k], tile.position + k);
          EXPECT_EQUAL(v.tokenRows[tile.token + k], tile.row);
          chunks[static_cast<size_t>(tile.token + k)] +=
              v.positions[tile.token + k] / kKeyChunk + 1;
        }
      }
      for (int t = 0; t < v.header->tokens; ++t) {
        const JobToken& token = c.job.tokens[c.job.cuts[index].begin + static_cast<size_t>(t)];
        EXPECT_EQUAL(chunks[static_cast<size_t>(t)],
                     token.row < 0 ? 0 : token.position / kKeyChunk + 1);
        if (token.row < 0) {
          EXPECT(v.slots[t] == -1 && v.places[t] == -1);
          continue;
        }
        const int block = token.position / c.limits.blockTokens;
        const int32_t wanted = c.job.blocks[token.row * c.limits.rowBlocks + block];
        EXPECT_EQUAL(v.rowBlocks[v.tokenRows[t] * c.limits.rowBlocks + block], wanted);
        EXPECT_EQUAL(v.places[t], wanted * c.limits.headGroups * c.limits.blockTokens +
                                      token.position % c.limits.blockTokens);
        EXPECT_EQUAL(v.slots[t], c.job.rows[token.row].slot);
      }
    }
  });
}

CHECK("passes: each sequence is sampled once, from the logits of its row's last token") {
  forRandomCases([](Case& c) {
    std::set<int32_t> entries, expected;
    for (size_t index = 0; index < c.job.cuts.size(); ++index) {
      Packed p(c, index);
      const PassView v = p.view();
      for (int i = 0; i < v.header->samples; ++i) {
        const SampleEntry& e = v.samples[i];
        const JobRow& row = c.job.rows[static_cast<size_t>(p.logitRows[e.logitRow].first)];
        EXPECT(entries.insert(e.index).second);
        EXPECT_EQUAL(e.position, row.to);
        EXPECT_EQUAL(v.positions[v.logitTokens[e.logitRow]], row.to - 1);
        const auto& [sequence, slot] = row.samples[static_cast<size_t>(e.index - row.firstEntry)];
        EXPECT_EQUAL(e.slot, slot);
        const auto& ends = sequence->config.sampling.endTokens;
        if (e.general) EXPECT_EQUAL(v.extra[e.wordsAt], static_cast<int32_t>(ends.size()));
      }
    }
    for (const JobRow& row : c.job.rows) {
      for (size_t k = 0; !row.beams && k < row.samples.size(); ++k)
        expected.insert(row.firstEntry + static_cast<int32_t>(k));
    }
    EXPECT(entries == expected);
  });
}
