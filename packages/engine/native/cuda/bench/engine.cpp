// The engine alone, through its function table: LLaMA-13B fp16 from a seed, prompts of 8 tokens,
// 504 new ones, with one work planned ahead. Device time of an iteration, its share of the read
// bandwidth, gaps between iterations, tokens/s; a prompt of 511 tokens, alone, beside decode and
// for seconds beside decode; a move of a whole slot.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>

#include "flover/backend.h"
#include "flover/error.h"

using namespace flover;

namespace {

constexpr int32_t kDecodes = kRowDecode | kRowSamples;
constexpr double kReadGigabytes =
    3085.0;  // measured by flover_cuda_products on an H100; printed beside every share

ModelConfig llama13b() {
  ModelConfig m;
  m.dataType = DataType::F16;
  m.layers = 40, m.hidden = 5120, m.intermediate = 13824, m.heads = m.kvHeads = 40, m.headDim = 128;
  m.vocabulary = 32000, m.maxPositions = 2048;
  m.rope.dims = 128;
  return m;
}

struct Bench {
  EngineConfig config;
  std::unique_ptr<Backend> engine;
  int32_t works = 0, nextId = 0;
  double weightBytes = 0;

  Bench(const ModelConfig& m, int32_t slots) {
    config.model = m;
    config.lanes = 2;
    config.blocks = config.maxSequences = slots;
    config.blockTokens = config.maxSequenceTokens = 512;
    config.maxRowTokens = 2048;
    const auto before = std::chrono::steady_clock::now();
    engine = cudaBackend().create(config);
    engine->synthesize(1);
    engine->ready();
    engine->startClock();
    const double s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    const DeviceInfo info = engine->device();
    weightBytes = 2.0 * (m.layers * (double(m.hidden) * (m.heads + 2 * m.kvHeads) * m.headDim +
                                     double(m.hidden) * m.heads * m.headDim +
                                     3.0 * m.hidden * m.intermediate) +
                         double(m.vocabulary) * m.hidden);
    std::printf("%s (%s), ready in %.1f s, %lld MiB free\n", info.name.c_str(), info.detail.c_str(),
                s, (long long)(info.freeBytes >> 20));
  }
  double kvBytesAToken() const {
    return 2.0 * 2 * config.model.layers * config.model.kvHeads * config.model.headDim;
  }

  void launch(int32_t lane, const std::vector<int32_t>& ids, const std::vector<int32_t>& from,
              const std::vector<int32_t>& to, int32_t flags, Work work = {}) {
    const std::vector<int32_t> allFlags(ids.size(), flags);
    work.id = works++;
    work.lane = lane;
    work.rows = static_cast<int32_t>(ids.size());
    work.sequences = ids.data(), work.from = from.data(), work.to = to.data(),
    work.flags = allFlags.data();
    engine->launch(work);
  }

  std::vector<int32_t> add(int32_t count, int32_t prompt, int32_t output, Work& work) {
    std::vector<int32_t> ids;
    for (int32_t i = 0; i < count; ++i) {
      SequenceConfig s;
      s.id = s.groupFirst = nextId++;
      s.maxOutputTokens = output;
      for (int32_t k = 0; k < prompt; ++k)
        s.prompt.push_back((s.id * 977 + k * 31 + 5) % config.model.vocabulary);
      engine->add(s);
      work.placements.push_back({s.id, 0, i});
      ids.push_back(s.id);
    }
    return ids;
  }

  void decode(int32_t batch) {
    constexpr int32_t prompt = 8, output = 504;
    const auto before = std::chrono::steady_clock::now();
    Work first;
    const std::vector<int32_t> ids = add(batch, prompt, output, first);
    Completion c;
    launch(0, ids, std::vector<int32_t>(ids.size(), 0), std::vector<int32_t>(ids.size(), prompt),
           kRowSamples, first);
    std::vector<double> device, gaps, host;
    int64_t lastEnd = -1;
    const auto one = [&](int32_t k) {
      const auto begin = std::chrono::steady_clock::now();
      launch(0, ids, std::vector<int32_t>(ids.size(), k), std::vector<int32_t>(ids.size(), k + 1),
             kDecodes);
      host.push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
              .count());
    };
    one(prompt);
    double prefillMs = 0;
    for (int32_t i = 0; i < output; ++i) {
      engine->wait(-1, c);
      if (i == 0) {
        prefillMs = (c.endNanos - c.startNanos) / 1e6;
      } else {
        device.push_back((c.endNanos - c.startNanos) / 1e6);
        if (i > 1) gaps.push_back((c.startNanos - lastEnd) / 1e3);
      }
      lastEnd = c.endNanos;
      if (i + 2 < output) one(prompt + 1 + i);
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    for (const int32_t id : ids) engine->release(id);
    std::sort(gaps.begin(), gaps.end()), std::sort(host.begin(), host.end());
    const double mean = std::accumulate(device.begin(), device.end(), 0.0) / device.size();
    const double bytes = weightBytes + batch * kvBytesAToken() * 260;
    std::printf(
        "B=%-3d iteration %.3f ms (first %.3f, last %.3f), %.0f GB/s, %.1f%% of %.0f; gap p50 %.1f "
        "p99 %.1f us; launch p50 %.1f p99 %.1f us; prefill %.2f ms; %.0f tok/s\n",
        batch, mean, device.front(), device.back(), bytes / mean / 1e6,
        100 * bytes / mean / 1e6 / kReadGigabytes, kReadGigabytes, gaps[gaps.size() / 2],
        gaps[gaps.size() * 99 / 100], host[host.size() / 2], host[host.size() * 99 / 100],
        prefillMs, batch * output / seconds);
    std::fflush(stdout);
  }

  void prefill(int32_t tokens) {
    std::vector<double> ms;
    for (int i = 0; i < 4; ++i) {
      Work first;
      const std::vector<int32_t> ids = add(1, tokens, 1, first);
      Completion c;
      launch(1, ids, {0}, {tokens}, kRowSamples, first);
      engine->wait(-1, c);
      ms.push_back((c.endNanos - c.startNanos) / 1e6);
      engine->release(ids[0]);
    }
    std::sort(ms.begin(), ms.end());
    const double flops =
        tokens * (weightBytes - 2.0 * config.model.vocabulary * config.model.hidden);
    std::printf("prefill of %d tokens: %.2f ms, %.0f TFLOP/s in products alone\n", tokens, ms[1],
                flops / ms[1] / 1e9);
  }

  // Requests that have their prompts behind them.
  std::vector<int32_t> crowd(int32_t batch, int32_t context, int32_t output) {
    Work first;
    const std::vector<int32_t> ids = add(batch, context, output, first);
    Completion c;
    for (int32_t from = 0; from < batch; from += 10) {
      const int32_t to = std::min(batch, from + 10);
      const std::vector<int32_t> some(ids.begin() + from, ids.begin() + to);
      launch(0, some, std::vector<int32_t>(some.size(), 0),
             std::vector<int32_t>(some.size(), context), kRowSamples, std::exchange(first, {}));
      engine->wait(-1, c);
    }
    return ids;
  }

  // A prompt of 511 tokens in pieces on lane 1 while 31 requests decode on lane 0; against one
  // after the other.
  void beside(int32_t piece) {
    constexpr int32_t batch = 31, context = 200;
    const std::vector<int32_t> ids = crowd(batch, context, 200);
    Completion c;
    int32_t position = context;
    const auto decodeOne = [&] {
      launch(0, ids, std::vector<int32_t>(ids.size(), position),
             std::vector<int32_t>(ids.size(), position + 1), kDecodes);
      ++position;
    };
    double alone = 0;
    for (int32_t i = 0; i < 12; ++i) {
      decodeOne();
      engine->wait(-1, c);
      if (i >= 2) alone += (c.endNanos - c.startNanos) / 1e7;
    }
    double prefillAlone = 0, prefill = 0, together = 0, apart = 0, bound = 0;
    int32_t iterations = 0;
    constexpr int32_t repeats = 4;
    for (int32_t i = 0; i < 2 * repeats; ++i) {
      const bool overlapped = i >= repeats;
      Work place;
      SequenceConfig s;
      s.id = s.groupFirst = nextId++;
      s.maxOutputTokens = 1;
      for (int32_t k = 0; k < 511; ++k)
        s.prompt.push_back((k * 37 + i * 5 + 11) % config.model.vocabulary);
      engine->add(s);
      place.placements.push_back({s.id, 0, batch});
      int32_t at = 0, queued = 0;
      std::vector<std::pair<int64_t, int64_t>> decodes, prompts;
      const auto prefillOne = [&] {
        const int32_t to = std::min(511, at + piece);
        launch(1, {s.id}, {at}, {to}, to == 511 ? kRowSamples : 0, std::exchange(place, {}));
        at = to;
      };
      if (overlapped) decodeOne(), decodeOne(), queued = 2;
      prefillOne();
      bool done = false;
      while (!done || queued > 0) {
        engine->wait(-1, c);
        (c.lane == 1 ? prompts : decodes).emplace_back(c.startNanos, c.endNanos);
        if (c.lane == 0) --queued;
        if (c.lane == 1 && at < 511) {
          prefillOne();
        } else if (c.lane == 1) {
          done = true;
        } else if (!done) {
          decodeOne(), ++queued;
        }
      }
      engine->release(s.id);
      int64_t begin = prompts.front().first, end = prompts.back().second;
      const double ms = (end - begin) / 1e6;
      if (!overlapped) {
        prefillAlone += ms / repeats;
        continue;
      }
      prefill += ms / repeats;
      // the iterations that the prompt overlaps
      int32_t count = 0;
      const int64_t promptBegin = begin, promptEnd = end;
      for (const auto& [from, to] : decodes) {
        if (to <= promptBegin || from >= promptEnd) continue;
        ++count, begin = std::min(begin, from), end = std::max(end, to);
      }
      iterations += count;
      together += (end - begin) / 1e6;
      apart += prefillAlone + count * alone;
      bound += (weightBytes + count * (weightBytes + batch * kvBytesAToken() * position)) /
               kReadGigabytes / 1e6;
    }
    for (const int32_t id : ids) engine->release(id);
    const auto setting = [](const char* name, const char* otherwise) {
      return std::getenv(name) ? std::getenv(name) : otherwise;
    };
    std::printf(
        "beside, share %s, prompts %s, pieces of %d: prompt %.1f ms (alone %.1f), iteration %.2f "
        "ms (alone %.2f); together %.1f ms with %.1f iterations against %.1f one after the other: "
        "%.0f%% sooner (%.0f%% at the memory's bound)\n",
        setting("FLOVER_PROMPT_SHARE", "default"), setting("FLOVER_PROMPT_PRIORITY", "first"),
        piece, prefill, prefillAlone, together / iterations, alone, together / repeats,
        1.0 * iterations / repeats, apart / repeats, 100 * (1 - together / apart),
        100 * (1 - bound / apart));
    std::fflush(stdout);
  }

  // Seconds of it, which a card's power limit sees: iterations alone, prompts alone, one prompt
  // after another beside the same iterations.
  void steady() {
    constexpr int32_t batch = 31, context = 100, iterations = 130, prompts = 50;
    const std::vector<int32_t> ids = crowd(batch, context, 400);
    Completion c;
    int32_t position = context, id = 0;
    const auto decodeOne = [&] {
      launch(0, ids, std::vector<int32_t>(ids.size(), position),
             std::vector<int32_t>(ids.size(), position + 1), kDecodes);
      ++position;
    };
    const auto promptOne = [&] {
      Work place;
      id = add(1, 511, 1, place).front();
      place.placements.front().block = batch;
      launch(1, {id}, {0}, {511}, kRowSamples, place);
    };
    const auto nanos = [&] { return static_cast<double>(c.endNanos - c.startNanos); };
    double decode = 0, prompt = 0;
    for (int32_t i = 0; i < iterations; ++i) {
      decodeOne();
      engine->wait(-1, c);
      decode += nanos() / iterations / 1e6;
    }
    for (int32_t i = 0; i < prompts; ++i) {
      promptOne();
      engine->wait(-1, c);
      prompt += nanos() / prompts / 1e6;
      engine->release(id);
    }
    double beside = 0, iteration = 0;
    int32_t done = 0, left = iterations;
    decodeOne(), decodeOne(), promptOne();
    const int64_t begin = engine->nowNanos();
    int64_t end = begin;
    for (int32_t queued = 3; queued > 0; --queued) {
      engine->wait(-1, c);
      end = c.endNanos;
      if (c.lane == 0) {
        iteration += nanos() / iterations / 1e6;
        if (--left >= 2) decodeOne(), ++queued;
      } else {
        beside += nanos() / 1e6, ++done;
        engine->release(id);
        if (left >= 4) promptOne(), ++queued;
      }
    }
    const double together = (end - begin) / 1e6, apart = done * prompt + iterations * decode;
    std::printf(
        "steady: iteration %.2f ms (alone %.2f), prompt %.2f ms (alone %.2f); %d prompts and %d "
        "iterations in %.0f ms against %.0f one after the other: %.0f%% sooner\n",
        iteration, decode, beside / done, prompt, done, iterations, together, apart,
        100 * (1 - together / apart));
    std::fflush(stdout);
    for (const int32_t each : ids) engine->release(each);
  }

  void move() {
    Work first;
    const std::vector<int32_t> ids = add(1, 511, 1, first);
    Completion c;
    launch(0, ids, {0}, {511}, kRowSamples, first);
    engine->wait(-1, c);
    std::vector<double> us;
    for (int i = 0; i < 8; ++i) {
      Work work;
      work.moves.push_back({ids[0], 0, i, i + 1, 511});
      launch(0, {}, {}, {}, 0, work);
      engine->wait(-1, c);
      us.push_back(c.moveNanos / 1e3);
    }
    std::sort(us.begin(), us.end());
    std::printf("move of %.0f MB: %.0f us, %.0f GB/s read and written\n", c.movedBytes / 1e6, us[4],
                2 * c.movedBytes / us[4] / 1e3);
    engine->release(ids[0]);
  }
};

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string reason = cudaBackend().unavailable();
    if (!reason.empty()) {
      std::printf("no GPU: %s\n", reason.c_str());
      return 3;
    }
    // Arguments choose: batch sizes, "prefill", "beside", "steady", "move"; none: all.
    const std::vector<std::string> chosen(arguments + 1, arguments + count);
    const auto wants = [&](const std::string& name) {
      return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
    };
    Bench bench(llama13b(), 64);
    for (const int32_t batch : {1, 8, 16, 32, 64})
      if (wants(std::to_string(batch))) bench.decode(batch);
    if (wants("prefill")) bench.prefill(511);
    if (wants("beside"))
      for (const int32_t piece : {511, 128}) bench.beside(piece);
    if (wants("steady")) bench.steady();
    if (wants("move")) bench.move();
  } catch (const Error& error) {
    std::printf("failed: %s: %s\n", error.code.c_str(), error.what());
    return 1;
  }
}
