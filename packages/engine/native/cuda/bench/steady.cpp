// Prompts without a pause beside iterations, for seconds.
#include <cstdio>

#include "parts.h"

namespace flover::bench {

namespace {

constexpr int32_t kBatch = 31, kContext = 100, kPrompt = 511, kIterations = 130, kPrompts = 50;

// Puts it on its way; its id.
int32_t launchPrompt(Driven& driven) {
  Work place;
  const int32_t id = driven.add(1, kPrompt, 1, place).front();
  place.placements.front().block = kBatch;
  driven.launch(1, {id}, 0, kPrompt, kRowSamples, place);
  return id;
}

}  // namespace

void steady(Driven& driven) {
  const std::vector<int32_t> ids = driven.crowd(kBatch, kContext, 400);
  int32_t position = kContext;
  const auto decode = [&] { driven.decode(ids, position++); };
  double decodeMs = 0, promptMs = 0;
  for (int32_t i = 0; i < kIterations; ++i) {
    decode();
    decodeMs += durationMs(driven.wait()) / kIterations;
  }
  for (int32_t i = 0; i < kPrompts; ++i) {
    const int32_t id = launchPrompt(driven);
    promptMs += durationMs(driven.wait()) / kPrompts;
    driven.release({id});
  }
  double besideMs = 0, iterationMs = 0;
  int32_t done = 0, left = kIterations;
  decode(), decode();
  int32_t id = launchPrompt(driven);
  const int64_t begin = driven.engine->nowNanos();
  int64_t end = begin;
  for (int32_t queued = 3; queued > 0; --queued) {
    const Completion& c = driven.wait();
    end = c.endNanos;
    if (c.lane == 0) {
      iterationMs += durationMs(c) / kIterations;
      if (--left >= 2) decode(), ++queued;
    } else {
      besideMs += durationMs(c), ++done;
      driven.release({id});
      if (left >= 4) id = launchPrompt(driven), ++queued;
    }
  }
  const double together = static_cast<double>(end - begin) / 1e6,
               apart = done * promptMs + kIterations * decodeMs;
  std::printf(
      "steady: iteration %.2f ms (alone %.2f), prompt %.2f ms (alone %.2f); %d prompts and %d "
      "iterations in %.0f ms against %.0f one after the other: %.0f%% sooner\n",
      iterationMs, decodeMs, besideMs / done, promptMs, done, kIterations, together, apart,
      100 * (1 - together / apart));
  std::fflush(stdout);
  driven.release(ids);
}

}  // namespace flover::bench
