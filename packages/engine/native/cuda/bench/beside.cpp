// A prompt on lane 1 while others decode on lane 0.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "crowd.h"
#include "parts.h"

namespace flover::bench {

namespace {

constexpr int32_t kPrompt = 511, kRepeats = 4;

struct Span {
  int64_t begin = 0, end = 0;
  double ms() const { return static_cast<double>(end - begin) / 1e6; }
};

// One prompt in pieces; with `overlapped` the crowd decodes from before it until it is done.
struct Overlap {
  Span prompt;
  std::vector<Span> decodes;
};
Overlap runPrompt(Driven& driven, Crowd& crowd, int32_t piece, bool overlapped) {
  Overlap seen;
  Work place;
  const int32_t id = driven.add(1, kPrompt, 1, place).front();
  place.placements.front().block = kCrowd;
  int32_t at = 0, queued = 0;
  const auto launchPiece = [&] {
    const int32_t to = std::min(kPrompt, at + piece);
    driven.launch(1, {id}, at, to, to == kPrompt ? kRowSamples : 0, std::exchange(place, {}));
    at = to;
  };
  if (overlapped) crowd.decode(driven), crowd.decode(driven), queued = 2;
  launchPiece();
  for (bool done = false; !done || queued > 0;) {
    const Completion& c = driven.wait();
    const Span span{c.startNanos, c.endNanos};
    if (c.lane == 0) {
      seen.decodes.push_back(span);
      --queued;
      if (!done) crowd.decode(driven), ++queued;
      continue;
    }
    if (seen.prompt.end == 0) seen.prompt.begin = span.begin;
    seen.prompt.end = span.end;
    done = at == kPrompt;
    if (!done) launchPiece();
  }
  driven.release({id});
  return seen;
}

// From the first to the last of a prompt and the iterations that it overlaps, and how many they
// are.
std::pair<Span, int32_t> together(const Overlap& seen) {
  Span all = seen.prompt;
  int32_t iterations = 0;
  for (const Span& decode : seen.decodes) {
    if (decode.end <= seen.prompt.begin || decode.begin >= seen.prompt.end) continue;
    ++iterations;
    all = {std::min(all.begin, decode.begin), std::max(all.end, decode.end)};
  }
  return {all, iterations};
}

const char* setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value ? value : otherwise;
}

}  // namespace

void beside(Driven& driven, int32_t piece) {
  const ModelConfig& m = driven.config.model;
  Crowd crowd(driven);
  const double alone = crowd.aloneMs(driven);
  double promptAlone = 0, prompt = 0, both = 0, apart = 0, bound = 0;
  int32_t iterations = 0;
  for (int32_t i = 0; i < kRepeats; ++i)
    promptAlone += runPrompt(driven, crowd, piece, false).prompt.ms() / kRepeats;
  for (int32_t i = 0; i < kRepeats; ++i) {
    const Overlap seen = runPrompt(driven, crowd, piece, true);
    const auto [span, count] = together(seen);
    prompt += seen.prompt.ms() / kRepeats;
    iterations += count;
    both += span.ms();
    apart += promptAlone + count * alone;
    bound += (weightBytes(m) + count * crowd.iterationBytes(m)) / kReadGigabytes / 1e6;
  }
  driven.release(crowd.ids);
  std::printf(
      "beside, share %s, prompts %s, pieces of %d: prompt %.1f ms (alone %.1f), iteration %.2f "
      "ms (alone %.2f); together %.1f ms with %.1f iterations against %.1f one after the other: "
      "%.0f%% sooner (%.0f%% at the memory's bound)\n",
      setting("FLOVER_PROMPT_SHARE", "default"), setting("FLOVER_PROMPT_PRIORITY", "first"), piece,
      prompt, promptAlone, both / iterations, alone, both / kRepeats, 1.0 * iterations / kRepeats,
      apart / kRepeats, 100 * (1 - both / apart), 100 * (1 - bound / apart));
  std::fflush(stdout);
}

}  // namespace flover::bench
