#include "forward.h"

#include <algorithm>

#include "norm.h"
#include "product.h"
#include "rope.h"

namespace flover::cpu {
namespace {

const float* orNone(const std::vector<float>& bias) { return bias.empty() ? nullptr : bias.data(); }

Buffer floatsFor(int64_t count) { return Buffer(static_cast<size_t>(count) * sizeof(float)); }

}  // namespace

Forward::Forward(World& world, Rank& rank, Communicator& communicator)
    : world_(world),
      rank_(rank),
      communicator_(communicator),
      model_(rank.config.model),
      queryWidth_(int64_t{model_.heads} * model_.headDim),
      kvWidth_(int64_t{model_.kvHeads} * model_.headDim),
      hidden_(floatsFor(kChunkRows * model_.hidden)),
      normed_(floatsFor(kChunkRows * model_.hidden)),
      queries_(floatsFor(kChunkRows * queryWidth_)),
      keys_(floatsFor(kChunkRows * kvWidth_)),
      values_(floatsFor(kChunkRows * kvWidth_)),
      attended_(floatsFor(kChunkRows * queryWidth_)),
      inner_(floatsFor(int64_t{kChunkRows} * model_.intermediate)),
      scratch_(static_cast<size_t>(rank.pool.threads())) {}

void Forward::normRows(const std::vector<float>& weight, const std::vector<float>& bias,
                       const float* x, int64_t rows, float* y) {
  const int64_t size = model_.hidden;
  forRows(rank_.pool, rows, size, [&](int64_t row) {
    if (model_.family == Family::Llama) {
      rmsNorm(x + row * size, weight.data(), size, model_.normEpsilon, y + row * size);
    } else {
      layerNorm(x + row * size, weight.data(), bias.data(), size, model_.normEpsilon,
                y + row * size);
    }
  });
}

void Forward::attentionBlock(int32_t index, std::span<const TokenRow> rows) {
  const LayerWeights& weights = rank_.weights.layer(index);
  const int64_t count = static_cast<int64_t>(rows.size());
  float *q = queries_.floats(), *k = keys_.floats(), *v = values_.floats(),
        *out = attended_.floats();
  const float* x = normed_.floats();
  const Product inputs[] = {
      {&weights.query, nullptr, orNone(weights.queryBias), x, model_.hidden, q, queryWidth_,
       Epilogue::Store},
      {&weights.key, nullptr, orNone(weights.keyBias), x, model_.hidden, k, kvWidth_,
       Epilogue::Store},
      {&weights.value, nullptr, orNone(weights.valueBias), x, model_.hidden, v, kvWidth_,
       Epilogue::Store},
  };
  runProducts(rank_.pool, inputs, count);
  forRows(rank_.pool, count, queryWidth_ + 2 * kvWidth_, [&](int64_t row) {
    rotateAndStore(model_, world_.rope, rows[static_cast<size_t>(row)], index,
                   q + row * queryWidth_, k + row * kvWidth_, v + row * kvWidth_, rank_.cache);
  });
  const int32_t group = model_.heads / model_.kvHeads;
  rank_.pool.run(count * model_.kvHeads, [&](int64_t item, int worker) {
    const int64_t row = item / model_.kvHeads;
    const int32_t head = static_cast<int32_t>(item % model_.kvHeads);
    const int64_t at = row * queryWidth_ + int64_t{head} * group * model_.headDim;
    attend(rank_.cache, rows[static_cast<size_t>(row)], index, head, group, model_.headDim, q + at,
           out + at, scratch_[static_cast<size_t>(worker)]);
  });
  multiplyIntoSum(weights.output, weights.outputBias, out, queryWidth_, count, true);
}

// A column-cut product: to the residual stream itself, or to this rank's part of the sum that joins
// it, which the first such product opens.
void Forward::multiplyIntoSum(const PackedMatrix& weights, const std::vector<float>& bias,
                              const float* x, int64_t width, int64_t rows, bool opens) {
  Product product = {&weights, nullptr,          orNone(bias),  x,
                     width,    hidden_.floats(), model_.hidden, Epilogue::Add};
  if (!world_.alone()) {
    product.bias = nullptr;
    product.y = communicator_.part(rank_.index);
    if (opens) product.epilogue = Epilogue::Store;
  }
  runProducts(rank_.pool, std::span(&product, 1), rows);
}

void Forward::joinSum(const std::vector<float>& bias, int64_t rows) {
  if (world_.alone()) return;
  communicator_.add(rank_.index, rank_.pool, rows, orNone(bias), hidden_.floats());
}

void Forward::mlpBlock(const LayerWeights& weights, int64_t rows) {
  const bool llama = model_.family == Family::Llama;
  Product in = {&weights.up,   nullptr,         orNone(weights.upBias), normed_.floats(),
                model_.hidden, inner_.floats(), model_.intermediate,    Epilogue::Gelu};
  if (llama) {
    in.weights = &weights.gate;
    in.second = &weights.up;
    in.epilogue = Epilogue::SiluGate;
  }
  runProducts(rank_.pool, std::span(&in, 1), rows);
  multiplyIntoSum(weights.down, weights.downBias, inner_.floats(), model_.intermediate, rows,
                  llama);
  joinSum(weights.downBias, rows);
}

// LLaMA: x += attention(norm(x)); x += mlp(norm(x)). GPT-J: both from the one norm of x, in one
// sum.
void Forward::layer(int32_t index, std::span<const TokenRow> rows) {
  const LayerWeights& weights = rank_.weights.layer(index);
  const int64_t count = static_cast<int64_t>(rows.size());
  normRows(weights.attentionNorm, weights.attentionNormBias, hidden_.floats(), count,
           normed_.floats());
  attentionBlock(index, rows);
  if (model_.family == Family::Llama) {
    joinSum(weights.outputBias, count);
    normRows(weights.mlpNorm, {}, hidden_.floats(), count, normed_.floats());
  }
  mlpBlock(weights, count);
}

// A token's row is one rank's; the others add nothing to it.
void Forward::embed(std::span<const TokenRow> rows) {
  const int64_t count = static_cast<int64_t>(rows.size());
  float* to = world_.alone() ? hidden_.floats() : communicator_.part(rank_.index);
  const Range own = rank_.vocabulary;
  forRows(rank_.pool, count, model_.hidden, [&](int64_t row) {
    const int32_t token = rows[static_cast<size_t>(row)].token;
    float* values = to + row * model_.hidden;
    if (token >= own.begin && token < own.end) {
      rank_.weights.embedding().readRow(token - own.begin, values);
    } else {
      std::fill_n(values, model_.hidden, 0.0f);
    }
  });
  if (!world_.alone()) communicator_.replace(rank_.index, rank_.pool, count, hidden_.floats());
}

void Forward::runChunk(std::span<const TokenRow> rows) {
  embed(rows);
  for (int32_t index = 0; index < model_.layers; ++index) {
    if (world_.stop.load(std::memory_order_relaxed)) throw Closing{};
    layer(index, rows);
  }
}

void Forward::run(std::span<const TokenRow> rows, std::span<const int64_t> kept) {
  const size_t hidden = static_cast<size_t>(model_.hidden);
  states_.resize(kept.size() * hidden);
  size_t next = 0;
  for (size_t begin = 0; begin < rows.size(); begin += kChunkRows) {
    const size_t count = std::min<size_t>(kChunkRows, rows.size() - begin);
    runChunk(rows.subspan(begin, count));
    for (; next < kept.size() && static_cast<size_t>(kept[next]) < begin + count; ++next) {
      const size_t at = static_cast<size_t>(kept[next]) - begin;
      std::copy_n(hidden_.floats() + at * hidden, hidden, states_.data() + next * hidden);
    }
  }
}

void Forward::head(int64_t first, int64_t rows, float* logits) {
  float* states = states_.data() + first * model_.hidden;
  normRows(rank_.weights.finalNorm(), rank_.weights.finalNormBias(), states, rows, states);
  const Product head = {&rank_.weights.head(),
                        nullptr,
                        rank_.weights.headBias(),
                        states,
                        model_.hidden,
                        logits + rank_.vocabulary.begin,
                        world_.config.model.vocabulary,
                        Epilogue::Store};
  runProducts(rank_.pool, std::span(&head, 1), rows);
}

}  // namespace flover::cpu
