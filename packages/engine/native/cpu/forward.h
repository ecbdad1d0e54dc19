// A rank's forward pass on one lane: embeds rows of tokens, runs the layers and leaves logits.
#pragma once
#include <atomic>
#include <span>
#include <vector>

#include "attention.h"
#include "rows.h"
#include "world.h"

namespace flover::cpu {

class Forward {
 public:
  // `communicator` joins the ranks of this lane; unused where there is one rank.
  Forward(World& world, Rank& rank, Communicator& communicator);

  static constexpr int32_t kChunkRows = 256;

  // Runs rows through all layers, writing their keys and values; keeps the hidden states of those
  // in `kept` (ascending). Throws Closing when the engine is being closed.
  void run(std::span<const TokenRow> rows, std::span<const int64_t> kept);
  // This rank's part of the logits of `rows` kept rows from `first` on, into its columns of
  // [rows, whole vocabulary]; once for each kept row, whose state it spoils.
  void head(int64_t first, int64_t rows, float* logits);

 private:
  void runChunk(std::span<const TokenRow> rows);
  void embed(std::span<const TokenRow> rows);
  void layer(int32_t index, std::span<const TokenRow> rows);
  void normRows(const std::vector<float>& weight, const std::vector<float>& bias, const float* x,
                int64_t rows, float* y);
  void attentionBlock(int32_t index, std::span<const TokenRow> rows);
  void mlpBlock(const LayerWeights& weights, int64_t rows);
  void multiplyIntoSum(const PackedMatrix& weights, const std::vector<float>& bias, const float* x,
                       int64_t width, int64_t rows, bool opens);
  void joinSum(const std::vector<float>& bias, int64_t rows);

  World& world_;
  Rank& rank_;
  Communicator& communicator_;
  const ModelConfig model_;  // this rank's
  int64_t queryWidth_, kvWidth_;
  Buffer hidden_, normed_, queries_, keys_, values_, attended_, inner_;
  std::vector<float> states_;              // of the kept rows
  std::vector<AttentionScratch> scratch_;  // by worker
};

}  // namespace flover::cpu
