// What each kind of work takes with the device to itself.
#include <algorithm>
#include <cstdio>

#include "parts.h"

namespace flover::bench {

double weightBytes(const ModelConfig& m) {
  const double hidden = m.hidden, heads = m.heads + 2.0 * m.kvHeads;
  return 2.0 * (m.layers * (hidden * heads * m.headDim + hidden * m.heads * m.headDim +
                            3.0 * hidden * m.intermediate) +
                m.vocabulary * hidden);
}

double kvBytesAToken(const ModelConfig& m) { return 2.0 * 2 * m.layers * m.kvHeads * m.headDim; }

void decodeAlone(Driven& driven, int32_t batch) {
  constexpr int32_t kPrompt = 8, kOutput = 504;
  const DecodeTimes times = timeDecode(driven, batch, kPrompt, kOutput);
  const ModelConfig& m = driven.config.model;
  const double bytes = weightBytes(m) + batch * kvBytesAToken(m) * (kPrompt + kOutput / 2);
  const double rate = bytes / times.meanMs() / 1e6;
  std::printf(
      "B=%-3d iteration %.3f ms (first %.3f, last %.3f), %.0f GB/s, %.1f%% of %.0f; gap p50 %.1f "
      "p99 %.1f us; launch p50 %.1f p99 %.1f us; prefill %.2f ms; %.0f tok/s\n",
      batch, times.meanMs(), times.iterationMs.front(), times.iterationMs.back(), rate,
      100 * rate / kReadGigabytes, kReadGigabytes, median(times.gapsUs),
      percentile99(times.gapsUs), median(times.launchesUs), percentile99(times.launchesUs),
      times.promptMs, batch * kOutput / times.seconds);
  std::fflush(stdout);
}

void prefill(Driven& driven, int32_t tokens) {
  std::vector<double> ms;
  for (int i = 0; i < 4; ++i) {
    Work first;
    const std::vector<int32_t> ids = driven.add(1, tokens, 1, first);
    driven.launch(1, ids, 0, tokens, kRowSamples, first);
    ms.push_back(durationMs(driven.wait()));
    driven.release(ids);
  }
  std::sort(ms.begin(), ms.end());
  const ModelConfig& m = driven.config.model;
  const double flops = tokens * (weightBytes(m) - 2.0 * m.vocabulary * m.hidden);
  std::printf("prefill of %d tokens: %.2f ms, %.0f TFLOP/s in products alone\n", tokens, ms[1],
              flops / ms[1] / 1e9);
}

void move(Driven& driven) {
  constexpr int32_t kTokens = 511;
  Work first;
  const std::vector<int32_t> ids = driven.add(1, kTokens, 1, first);
  driven.launch(0, ids, 0, kTokens, kRowSamples, first);
  driven.wait();
  std::vector<double> us;
  double bytes = 0;
  for (int i = 0; i < 8; ++i) {
    Work work;
    work.moves.push_back({ids[0], 0, i, i + 1, kTokens});
    driven.launch(0, {}, 0, 0, 0, work);
    const Completion& c = driven.wait();
    us.push_back(static_cast<double>(c.moveNanos) / 1e3);
    bytes = static_cast<double>(c.movedBytes);
  }
  std::sort(us.begin(), us.end());
  std::printf("move of %.0f MB: %.0f us, %.0f GB/s read and written\n", bytes / 1e6, us[4],
              2 * bytes / us[4] / 1e3);
  driven.release(ids);
}

}  // namespace flover::bench
