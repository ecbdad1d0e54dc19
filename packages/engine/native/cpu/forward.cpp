#include "forward.h"

#include "norm.h"
#include "product.h"
#include "rope.h"

namespace flover::cpu {
namespace {

// Below this many elements a row-wise operation is not worth waking the threads.
constexpr int64_t kSerialElements = 16384;

template <typename Body>
void forRows(ThreadPool& pool, int64_t rows, int64_t rowElements, Body body) {
  if (rows * rowElements <= kSerialElements) {
    for (int64_t row = 0; row < rows; ++row) body(row);
  } else {
    pool.run(rows, [&](int64_t row, int) { body(row); });
  }
}

const float* orNone(const std::vector<float>& bias) { return bias.empty() ? nullptr : bias.data(); }

Buffer floatsFor(int64_t count) { return Buffer(static_cast<size_t>(count) * sizeof(float)); }

}  // namespace

Forward::Forward(const Shared& shared)
    : shared_(shared),
      queryWidth_(int64_t{shared.config.model.heads} * shared.config.model.headDim),
      kvWidth_(int64_t{shared.config.model.kvHeads} * shared.config.model.headDim),
      hidden_(floatsFor(kChunkRows * shared.config.model.hidden)),
      normed_(floatsFor(kChunkRows * shared.config.model.hidden)),
      queries_(floatsFor(kChunkRows * queryWidth_)),
      keys_(floatsFor(kChunkRows * kvWidth_)),
      values_(floatsFor(kChunkRows * kvWidth_)),
      attended_(floatsFor(kChunkRows * queryWidth_)),
      inner_(floatsFor(int64_t{kChunkRows} * shared.config.model.intermediate)),
      scratch_(static_cast<size_t>(shared.pool->threads())) {}

void Forward::normRows(const std::vector<float>& weight, const std::vector<float>& bias,
                       const float* x, int64_t rows, float* y) {
  const ModelConfig& model = shared_.config.model;
  const int64_t size = model.hidden;
  forRows(*shared_.pool, rows, size, [&](int64_t row) {
    if (model.family == Family::Llama) {
      rmsNorm(x + row * size, weight.data(), size, model.normEpsilon, y + row * size);
    } else {
      layerNorm(x + row * size, weight.data(), bias.data(), size, model.normEpsilon,
                y + row * size);
    }
  });
}

void Forward::attentionBlock(int32_t index, std::span<const TokenRow> rows) {
  const ModelConfig& model = shared_.config.model;
  const LayerWeights& weights = shared_.weights->layer(index);
  const int64_t count = static_cast<int64_t>(rows.size());
  float *q = queries_.floats(), *k = keys_.floats(), *v = values_.floats(),
        *out = attended_.floats();
  const float* x = normed_.floats();
  const Product inputs[] = {
      {&weights.query, nullptr, orNone(weights.queryBias), x, model.hidden, q, queryWidth_,
       Epilogue::Store},
      {&weights.key, nullptr, orNone(weights.keyBias), x, model.hidden, k, kvWidth_,
       Epilogue::Store},
      {&weights.value, nullptr, orNone(weights.valueBias), x, model.hidden, v, kvWidth_,
       Epilogue::Store},
  };
  runProducts(*shared_.pool, inputs, count);
  forRows(*shared_.pool, count, queryWidth_ + 2 * kvWidth_, [&](int64_t row) {
    rotateAndStore(model, *shared_.rope, rows[static_cast<size_t>(row)], index,
                   q + row * queryWidth_, k + row * kvWidth_, v + row * kvWidth_, *shared_.cache);
  });
  const int32_t group = model.heads / model.kvHeads;
  shared_.pool->run(count * model.kvHeads, [&](int64_t item, int worker) {
    const int64_t row = item / model.kvHeads;
    const int32_t head = static_cast<int32_t>(item % model.kvHeads);
    const int64_t at = row * queryWidth_ + int64_t{head} * group * model.headDim;
    attend(*shared_.cache, rows[static_cast<size_t>(row)], index, head, group, model.headDim,
           q + at, out + at, scratch_[static_cast<size_t>(worker)]);
  });
  const Product output = {
      &weights.output, nullptr,      orNone(weights.outputBias), out, queryWidth_, hidden_.floats(),
      model.hidden,    Epilogue::Add};
  runProducts(*shared_.pool, std::span(&output, 1), count);
}

void Forward::mlpBlock(const LayerWeights& weights, int64_t rows) {
  const ModelConfig& model = shared_.config.model;
  const bool llama = model.family == Family::Llama;
  Product in = {&weights.up,  nullptr,         orNone(weights.upBias), normed_.floats(),
                model.hidden, inner_.floats(), model.intermediate,     Epilogue::Gelu};
  if (llama) {
    in.weights = &weights.gate;
    in.second = &weights.up;
    in.epilogue = Epilogue::SiluGate;
  }
  runProducts(*shared_.pool, std::span(&in, 1), rows);
  const Product out = {&weights.down,
                       nullptr,
                       orNone(weights.downBias),
                       inner_.floats(),
                       model.intermediate,
                       hidden_.floats(),
                       model.hidden,
                       Epilogue::Add};
  runProducts(*shared_.pool, std::span(&out, 1), rows);
}

// LLaMA: x += attention(norm(x)); x += mlp(norm(x)). GPT-J: both from the one norm of x.
void Forward::layer(int32_t index, std::span<const TokenRow> rows) {
  const LayerWeights& weights = shared_.weights->layer(index);
  const int64_t count = static_cast<int64_t>(rows.size());
  normRows(weights.attentionNorm, weights.attentionNormBias, hidden_.floats(), count,
           normed_.floats());
  attentionBlock(index, rows);
  if (shared_.config.model.family == Family::Llama) {
    normRows(weights.mlpNorm, {}, hidden_.floats(), count, normed_.floats());
  }
  mlpBlock(weights, count);
}

bool Forward::run(std::span<const TokenRow> rows) {
  const ModelConfig& model = shared_.config.model;
  const int64_t count = static_cast<int64_t>(rows.size());
  forRows(*shared_.pool, count, model.hidden, [&](int64_t row) {
    shared_.weights->embedding().readRow(rows[static_cast<size_t>(row)].token,
                                         hidden_.floats() + row * model.hidden);
  });
  for (int32_t index = 0; index < model.layers; ++index) {
    if (shared_.stop->load(std::memory_order_relaxed)) return false;
    layer(index, rows);
  }
  return true;
}

void Forward::head(float* states, int64_t rows, float* logits) {
  const ModelConfig& model = shared_.config.model;
  normRows(shared_.weights->finalNorm(), shared_.weights->finalNormBias(), states, rows, states);
  const Product head = {&shared_.weights->head(),
                        nullptr,
                        shared_.weights->headBias(),
                        states,
                        model.hidden,
                        logits,
                        model.vocabulary,
                        Epilogue::Store};
  runProducts(*shared_.pool, std::span(&head, 1), rows);
}

}  // namespace flover::cpu
