// A prompt's pieces in the iterations of those that decode, as chunked prefill does it: the weights
// are read once for both.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "crowd.h"
#include "parts.h"

namespace flover::bench {

namespace {

constexpr int32_t kRepeats = 6, kFirst = 2;

// From the first piece's start to the last one's end; with a crowd, it decodes in every piece.
double promptMs(Driven& driven, int32_t tokens, int32_t piece, Crowd* crowd) {
  Work place;
  const int32_t id = driven.add(1, tokens, 1, place).front();
  place.placements.front().block = kCrowd;
  int32_t pieces = 0;
  for (int32_t at = 0; at < tokens; ++pieces) {
    const int32_t to = std::min(tokens, at + piece);
    std::vector<Row> rows;
    for (const int32_t member : crowd ? crowd->ids : std::vector<int32_t>{})
      rows.push_back({member, crowd->position, crowd->position + 1, kDecodes});
    if (crowd) ++crowd->position;
    rows.push_back({id, at, to, to == tokens ? kRowSamples : 0});
    driven.launch(0, rows, std::exchange(place, {}));
    at = to;
  }
  int64_t begin = 0, end = 0;
  for (int32_t i = 0; i < pieces; ++i) {
    const Completion& c = driven.wait();
    if (i == 0) begin = c.startNanos;
    end = c.endNanos;
  }
  driven.release({id});
  return static_cast<double>(end - begin) / 1e6;
}

}  // namespace

void within(Driven& driven, int32_t tokens, int32_t piece) {
  const ModelConfig& m = driven.config.model;
  Crowd crowd(driven);
  const double decode = crowd.aloneMs(driven);
  const int32_t iterations = (tokens + piece - 1) / piece;
  double alone = 0, both = 0;
  for (int32_t i = 0; i < kRepeats; ++i) {
    const double ms = promptMs(driven, tokens, piece, nullptr);
    if (i >= kFirst) alone += ms / (kRepeats - kFirst);
  }
  for (int32_t i = 0; i < kRepeats; ++i) {
    const double ms = promptMs(driven, tokens, piece, &crowd);
    if (i >= kFirst) both += ms / (kRepeats - kFirst);
  }
  const double apart = alone + iterations * decode;
  const double products = weightBytes(m) - 2.0 * m.vocabulary * m.hidden;
  const double bound = std::max(iterations * crowd.iterationBytes(m) / kReadGigabytes / 1e6,
                                (tokens + iterations * kCrowd) * products / kMatrixTeraflops / 1e9);
  driven.release(crowd.ids);
  std::printf(
      "within, prompt of %d in pieces of %d with %d that decode: %.1f ms in %d iterations against "
      "%.1f one after the other (prompt %.1f, iteration %.2f): %.0f%% sooner (%.0f%% at the "
      "memory's and the matrix units' bound)\n",
      tokens, piece, kCrowd, both, iterations, apart, alone, decode, 100 * (1 - both / apart),
      100 * (1 - bound / apart));
  std::fflush(stdout);
}

}  // namespace flover::bench
