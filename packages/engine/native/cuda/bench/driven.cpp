#include "driven.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace flover::bench {

Driven::Driven(const EngineConfig& c) : config(c), engine(cudaBackend().create(c)) {
  engine->synthesize(1);
  engine->ready();
  engine->startClock();
}

std::vector<int32_t> Driven::add(int32_t count, int32_t promptTokens, int32_t outputTokens,
                                 Work& work) {
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < count; ++i) {
    SequenceConfig s;
    s.id = s.groupFirst = nextId_++;
    s.maxOutputTokens = outputTokens;
    for (int32_t k = 0; k < promptTokens; ++k)
      s.prompt.push_back((s.id * 977 + k * 31 + 5) % config.model.vocabulary);
    engine->add(s);
    work.placements.push_back({s.id, 0, i});
    ids.push_back(s.id);
  }
  return ids;
}

void Driven::launch(int32_t lane, const std::vector<Row>& rows, Work work) {
  std::vector<int32_t> sequences, from, to, flags;
  for (const Row& row : rows) {
    sequences.push_back(row.sequence), from.push_back(row.from), to.push_back(row.to);
    flags.push_back(row.flags);
  }
  work.id = works_++;
  work.lane = lane;
  work.rows = static_cast<int32_t>(rows.size());
  work.sequences = sequences.data(), work.from = from.data(), work.to = to.data();
  work.flags = flags.data();
  engine->launch(work);
}

void Driven::launch(int32_t lane, const std::vector<int32_t>& sequences, int32_t from, int32_t to,
                    int32_t flags, Work work) {
  std::vector<Row> rows;
  for (const int32_t id : sequences) rows.push_back({id, from, to, flags});
  launch(lane, rows, std::move(work));
}

const Completion& Driven::wait() {
  engine->wait(-1, completion_);
  return completion_;
}

void Driven::release(const std::vector<int32_t>& sequences) {
  for (const int32_t id : sequences) engine->release(id);
}

std::vector<int32_t> Driven::crowd(int32_t count, int32_t promptTokens, int32_t outputTokens) {
  constexpr int32_t kAtOnce = 10;
  Work first;
  const std::vector<int32_t> ids = add(count, promptTokens, outputTokens, first);
  for (int32_t from = 0; from < count; from += kAtOnce) {
    const std::vector<int32_t> some(ids.begin() + from,
                                    ids.begin() + std::min(count, from + kAtOnce));
    launch(0, some, 0, promptTokens, kRowSamples, std::exchange(first, {}));
    wait();
  }
  return ids;
}

double durationMs(const Completion& completion) {
  return static_cast<double>(completion.endNanos - completion.startNanos) / 1e6;
}

double DecodeTimes::meanMs() const {
  return std::accumulate(iterationMs.begin(), iterationMs.end(), 0.0) / iterationMs.size();
}

DecodeTimes timeDecode(Driven& driven, int32_t batch, int32_t promptTokens, int32_t outputTokens) {
  DecodeTimes times;
  const Stopwatch whole;
  Work first;
  const std::vector<int32_t> ids = driven.add(batch, promptTokens, outputTokens, first);
  const auto decode = [&](int32_t position) {
    const Stopwatch launch;
    driven.decode(ids, position);
    times.launchesUs.push_back(launch.seconds() * 1e6);
  };
  driven.launch(0, ids, 0, promptTokens, kRowSamples, first);
  decode(promptTokens);
  int64_t lastEnd = 0;
  for (int32_t i = 0; i < outputTokens; ++i) {
    const Completion& c = driven.wait();
    if (i == 0)
      times.promptMs = durationMs(c);
    else
      times.iterationMs.push_back(durationMs(c));
    if (i > 1) times.gapsUs.push_back(static_cast<double>(c.startNanos - lastEnd) / 1e3);
    lastEnd = c.endNanos;
    if (i + 2 < outputTokens) decode(promptTokens + 1 + i);
  }
  times.seconds = whole.seconds();
  driven.release(ids);
  std::sort(times.gapsUs.begin(), times.gapsUs.end());
  std::sort(times.launchesUs.begin(), times.launchesUs.end());
  return times;
}

double median(const std::vector<double>& values) { return values[values.size() / 2]; }
double percentile99(const std::vector<double>& values) { return values[values.size() * 99 / 100]; }

}  // namespace flover::bench
