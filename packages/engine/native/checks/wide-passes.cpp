// Passes at their widest: more end tokens and bad words than one has room for, and tables for
// contexts that nobody uses. Neither may change a bit.
#include "driver.h"

using namespace flover;
using namespace flover::checks;

namespace {

constexpr int32_t kRequests = 20, kPrompt = 9, kOutput = 5;

// Requests from prompt to last token, `together` at a time; `spoil` may change what they ask for.
template <typename Spoil>
std::vector<SequenceResult> resultsOf(Driver& d, int32_t together, Spoil spoil) {
  std::vector<SequenceResult> results;
  const int32_t each = (kPrompt + kOutput + d.config.blockTokens - 1) / d.config.blockTokens;
  for (int32_t first = 0; first < kRequests; first += together) {
    for (int32_t i = 0; i < kOutput; ++i) {
      std::vector<Row> rows;
      for (int32_t k = 0; k < together; ++k) {
        const int32_t id = first + k;
        if (i == 0) {
          SequenceConfig s = d.sequence(id, kPrompt, kOutput);
          spoil(s);
          d.engine->add(s);
          d.place(id, kPrompt + kOutput, k * each);
        }
        rows.push_back(i == 0 ? Row{id, 0, kPrompt, kRowSamples}
                              : Row{id, kPrompt + i - 1, kPrompt + i, kDecodes});
      }
      d.run(rows);
    }
    for (int32_t k = 0; k < together; ++k) {
      results.push_back(d.engine->result(first + k));
      EXPECT_EQUAL(results.back().tokens.size(), size_t{kOutput});
      d.engine->release(first + k);
    }
  }
  return results;
}

// More than 65,536 numbers in all; every other token is barred.
void barHalf(SequenceConfig& s) {
  for (int32_t i = 0; i < 2000; ++i) {
    s.sampling.badWords.push_back({(2 * i + s.id) % 300});
  }
  s.sampling.endTokens.assign(500, 300);
  s.sampling.minOutputTokens = kOutput;
}

}  // namespace

CHECK_ON_RANKS("wide passes: requests with thousands of end tokens and bad words are as alone") {
  Driver d(tinyModel(Family::Llama, DataType::F16), 16, 64, 1, 64, kRequests);
  const auto together = resultsOf(d, kRequests, barHalf), alone = resultsOf(d, 1, barHalf);
  expectSame(together, alone);
  for (size_t id = 0; id < together.size(); ++id)
    for (const int32_t token : together[id].tokens)
      EXPECT(token < 300 && (token + static_cast<int32_t>(id)) % 2 == 1);
}

CHECK_ON_RANKS("wide passes: room for long contexts changes nothing for short ones") {
  ModelConfig m = tinyModel(Family::Llama, DataType::F16);
  m.maxPositions = 20000;
  const auto nothing = [](SequenceConfig&) {};
  Driver tight(m, 1, 320, 1, 64, kRequests), roomy(m, 1, 320, 1, 20000, kRequests);
  const auto wanted = resultsOf(tight, 1, nothing);
  for (const int32_t together : {1, 4, kRequests})
    expectSame(resultsOf(roomy, together, nothing), wanted);
}
