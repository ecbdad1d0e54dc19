// What goes into a backend and what comes out: one work a launch, one completion a work.
// Mirrors packages/policy/src/actions.ts; the arrays are borrowed for the call.
#pragma once
#include <cstdint>
#include <vector>

namespace flover {

enum RowFlag : int32_t { kRowDecode = 1, kRowSamples = 2 };
enum class GroupKind : int32_t { Single = 0, Samples = 1, Beams = 2 };

struct SamplingParameters {
  float temperature = 0.0f;  // 0: greedy
  int32_t topK = 0;          // 0: all
  float topP = 1.0f;
  int32_t minOutputTokens = 0;
  float repetitionPenalty = 1.0f;
  float presencePenalty = 0.0f;
  float lengthPenalty = 1.0f;  // beams
  float diversity = 0.0f;      // beams
  uint64_t seed = 0;
  bool logProbs = false;
  std::vector<int32_t> endTokens;
  std::vector<std::vector<int32_t>> stop;
  std::vector<std::vector<int32_t>> badWords;
};

// A sequence of a request: known to the backend from `add` to `release`.
struct SequenceConfig {
  int32_t id = 0;
  int32_t groupFirst = 0;  // first sequence of its request
  int32_t groupIndex = 0;  // place in its request
  int32_t groupWidth = 1;
  GroupKind group = GroupKind::Single;
  std::vector<int32_t> prompt;
  int32_t maxOutputTokens = 0;
  int32_t hiddenOutputTokens =
      0;  // > 0: report a stop at this length, as if the model had ended there
  SamplingParameters sampling;
};

struct Placement {
  int32_t sequence, index, block;
};
struct Move {
  int32_t sequence, index, fromBlock, toBlock, tokens;
};
struct Fork {
  int32_t from, to, tokens;
};
struct Swap {
  int32_t sequence;
  bool out;
  int32_t tokens;
  std::vector<int32_t> blocks;
};

// One iteration on one lane. Before the rows, in this order: swaps out, moves, placements, swaps
// in, forks.
struct Work {
  int32_t id = 0;
  int32_t lane = 0;
  int32_t rows = 0;
  const int32_t* sequences = nullptr;  // [rows]
  const int32_t* from = nullptr;       // [rows] first token position
  const int32_t* to = nullptr;         // [rows] one past the last
  const int32_t* flags = nullptr;      // [rows] RowFlag
  int32_t deadRows = 0;
  std::vector<Swap> swaps;
  std::vector<Move> moves;
  std::vector<Placement> placements;
  std::vector<Fork> forks;
};

// What stands in a completion where there is no token: of a sequence that had stopped in an earlier
// work; and, less the position p of the token, where its logits allow none (sampling.h, 0).
constexpr int32_t kNoToken = -1;
constexpr int32_t kUndefinedToken = -2;

// The end of a work. `sampledSequences`, `tokens`, `logProbs` and `stopped` are parallel: one entry
// for each sampling row, in row order; the final prompt row of a group of width n gives n, one for
// each of its sequences (first to last). A row of a sequence that had stopped in an earlier work
// gives kNoToken and is not `stopped` again. Where logits allow no token it is kUndefinedToken - p,
// with what is wrong with them as log-probability; the sequence (of beams: the group) samples no
// more, but is not `stopped`: what becomes of its request is for the host to say. For beams an
// entry is the running beam of that number; the result is in `result`.
struct Completion {
  int32_t work = -1;
  int32_t lane = -1;
  int64_t startNanos = 0;  // on the backend's run clock
  int64_t endNanos = 0;
  int64_t movedBytes = 0;
  int64_t moveNanos = 0;
  int64_t seenNanos = 0;  // when `wait` saw the end; what follows is the host's work
  std::vector<int32_t> sampledSequences;
  std::vector<int32_t> tokens;
  std::vector<float> logProbs;
  std::vector<uint8_t> stopped;
};

// What a finished sequence holds; beams are in order of score.
struct SequenceResult {
  std::vector<int32_t> tokens;
  std::vector<float> logProbs;
  double score = 0.0;
};

}  // namespace flover
