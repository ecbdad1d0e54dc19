// The forward pass of one lane: embeds rows of tokens, runs the layers and leaves logits.
#pragma once
#include <atomic>
#include <span>
#include <vector>

#include "attention.h"
#include "flover/model.h"
#include "flover/rope.h"
#include "kv-cache.h"
#include "memory.h"
#include "rows.h"
#include "thread-pool.h"
#include "weights.h"

namespace flover::cpu {

// What all lanes share.
struct Shared {
  EngineConfig config;
  const Weights* weights = nullptr;
  const RopeTable* rope = nullptr;
  KvCache* cache = nullptr;
  ThreadPool* pool = nullptr;
  std::atomic<bool>* stop = nullptr;
};

class Forward {
 public:
  explicit Forward(const Shared& shared);

  static constexpr int32_t kChunkRows = 256;

  // Runs at most kChunkRows rows through all layers, writing their keys and values; hidden states
  // stay inside. False when the engine is being closed.
  bool run(std::span<const TokenRow> rows);
  // The hidden state of a row of the last run, [hidden].
  const float* hidden(int64_t row) const {
    return hidden_.floats() + row * shared_.config.model.hidden;
  }
  // Logits [rows, vocabulary] of hidden states [rows, hidden]; spoils the states.
  void head(float* states, int64_t rows, float* logits);

 private:
  void layer(int32_t index, std::span<const TokenRow> rows);
  void normRows(const std::vector<float>& weight, const std::vector<float>& bias, const float* x,
                int64_t rows, float* y);
  void attentionBlock(int32_t index, std::span<const TokenRow> rows);
  void mlpBlock(const LayerWeights& weights, int64_t rows);

  Shared shared_;
  int64_t queryWidth_, kvWidth_;
  Buffer hidden_, normed_, queries_, keys_, values_, attended_, inner_;
  std::vector<AttentionScratch> scratch_;  // by worker
};

}  // namespace flover::cpu
