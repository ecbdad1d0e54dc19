// What a model is made of: shapes and constants, read from a checkpoint's config or given for
// synthetic weights.
#pragma once
#include <cstdint>
#include <string>

namespace flover {

enum class DataType : int32_t { F32 = 0, F16 = 1, BF16 = 2 };
enum class Family : int32_t { Llama = 0, GptJ = 1 };

// Rotary embedding. `dims` of each head are rotated: halves (LLaMA) or interleaved pairs (GPT-J).
struct Rope {
  double theta = 10000.0;
  int32_t dims = 0;
  enum class Scaling : int32_t { None = 0, Linear = 1, Llama3 = 2 } scaling = Scaling::None;
  double factor = 1.0;
  double lowFrequencyFactor = 1.0;
  double highFrequencyFactor = 4.0;
  int32_t originalPositions = 0;
};

struct ModelConfig {
  Family family = Family::Llama;
  DataType dataType = DataType::F32;  // of weights and KV
  int32_t layers = 0;
  int32_t hidden = 0;
  int32_t intermediate = 0;
  int32_t heads = 0;
  int32_t kvHeads = 0;  // fewer than heads: grouped-query attention
  int32_t headDim = 0;
  int32_t vocabulary = 0;
  int32_t maxPositions = 0;
  double normEpsilon = 1e-5;
  bool tiedEmbeddings = false;
  bool attentionBias = false;
  int32_t endToken = -1;
  Rope rope;
};

// This process's share of a model: rank `rank` of `worldSize`, on device `device` of its backend.
struct RankConfig {
  int32_t rank = 0;
  int32_t worldSize = 1;
  int32_t device = 0;
};

// Memory and limits, fixed for the life of an engine: nothing is allocated in steady state.
struct EngineConfig {
  ModelConfig model;
  RankConfig rank;
  int32_t lanes = 1;   // serial execution contexts; lane 0 has the highest priority
  int32_t blocks = 0;  // KV blocks on the device (for slot memories a block is a slot)
  int32_t blockTokens = 0;
  int32_t hostBlocks = 0;         // KV blocks in host memory, for swapped-out sequences
  int32_t maxSequences = 0;       // sequences alive at once
  int32_t maxSequenceTokens = 0;  // prompt plus output
  int32_t maxRowTokens = 0;       // new tokens in one work, prefill included
  int32_t threads = 0;            // CPU backend: compute threads in all; 0 takes every core
};

}  // namespace flover
