// What a model is made of: shapes and constants, read from a checkpoint's config or given for
// synthetic weights.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

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
  Rope rope;
};

// A rank of a world, and the device of its backend that it runs on.
struct RankConfig {
  int32_t rank = 0;
  int32_t device = 0;
};

// How the ranks add up what each has a part of. Both sum in fp32; OneShot in ascending rank order.
enum class Collective : int32_t { OneShot = 0, Nccl = 1 };

// The ranks among which a model's heads, neurons and vocabulary are divided (shards.h). One backend
// drives all ranks of this process, a thread a rank: each iteration is planned once and carried out
// by all. How many sequences share an iteration never chooses the collective.
struct WorldConfig {
  int32_t size = 1;
  std::vector<RankConfig> ranks = {RankConfig{}};  // those of this process, ascending
  Collective collective = Collective::OneShot;
  std::string rendezvous;  // where processes meet; empty, and so far always: there is only this one
  // For checks: this rank fails when it comes to the work with this id, as one would whose device
  // is lost. -1: none does.
  int32_t failRank = -1;
  int32_t failWork = -1;
};

// Memory and limits, fixed for the life of an engine: nothing is allocated in steady state.
struct EngineConfig {
  ModelConfig model;
  WorldConfig world;
  int32_t lanes = 1;   // serial execution contexts; lane 0 has the highest priority
  int32_t blocks = 0;  // KV blocks on the device (for slot memories a block is a slot)
  int32_t blockTokens = 0;
  int32_t hostBlocks = 0;         // KV blocks in host memory, for swapped-out sequences
  int32_t maxSequences = 0;       // sequences alive at once
  int32_t maxSequenceTokens = 0;  // prompt plus output
  int32_t maxRowTokens = 0;       // new tokens in one work, prefill included
  int32_t threads = 0;            // CPU backend: compute threads of all ranks; 0 takes every core
};

}  // namespace flover
