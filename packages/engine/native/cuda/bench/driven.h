// An engine with weights from a seed, driven through its function table: requests that differ by
// their ids alone, works whose rows are all alike, and what decoding takes.
#pragma once
#include <chrono>
#include <memory>
#include <vector>

#include "flover/backend.h"

namespace flover::bench {

constexpr int32_t kDecodes = kRowDecode | kRowSamples;

// The tokens [from, to) of a sequence.
struct Row {
  int32_t sequence, from, to, flags;
};

// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class Driven {
 public:
  // Ready to run, its clock started.
  explicit Driven(const EngineConfig& config);

  // `work` places the i-th of them in block i.
  std::vector<int32_t> add(int32_t count, int32_t promptTokens, int32_t outputTokens, Work& work);
  void launch(int32_t lane, const std::vector<Row>& rows, Work work = {});
  // A row [from, to) for each sequence.
  void launch(int32_t lane, const std::vector<int32_t>& sequences, int32_t from, int32_t to,
              int32_t flags, Work work = {});
  void decode(const std::vector<int32_t>& sequences, int32_t position) {
    launch(0, sequences, position, position + 1, kDecodes);
  }
  const Completion& wait();
  void release(const std::vector<int32_t>& sequences);
  // Requests that have their prompts behind them.
  std::vector<int32_t> crowd(int32_t count, int32_t promptTokens, int32_t outputTokens);

  const EngineConfig config;
  const std::unique_ptr<Backend> engine;

 private:
  int32_t works_ = 0, nextId_ = 0;
  Completion completion_;
};

double durationMs(const Completion& completion);

// What a batch took from prompt to last token, on lane 0 with one work planned ahead.
struct DecodeTimes {
  std::vector<double> iterationMs;         // on the device, in order
  std::vector<double> gapsUs, launchesUs;  // ascending
  double promptMs = 0, seconds = 0;

  double meanMs() const;
};
DecodeTimes timeDecode(Driven& driven, int32_t batch, int32_t promptTokens, int32_t outputTokens);

// Of ascending values.
double median(const std::vector<double>& values);
double percentile99(const std::vector<double>& values);

}  // namespace flover::bench
