// A model's forward pass in plain double arithmetic, one token after another, straight from the
// definition.
#pragma once
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "flover/float16.h"
#include "flover/rope.h"
#include "flover/synthetic.h"
#include "flover/tensors.h"

namespace flover::checks {

class ReferenceModel {
 public:
  ReferenceModel(const ModelConfig& model, uint64_t seed)
      : model_(model), frequencies_(ropeFrequencies(model.rope)) {
    for (const TensorSpec& spec : tensorTable(model)) {
      std::vector<double>& tensor = tensors_[spec.name];
      tensor.resize(static_cast<size_t>(elements(spec)));
      const uint64_t key = syntheticKey(spec.name, seed);
      const float base = isNorm(spec.role) && !spec.bias ? 1.0f : 0.0f;
      for (size_t i = 0; i < tensor.size(); ++i) tensor[i] = rounded(base + syntheticValue(key, i));
    }
    keys_.resize(static_cast<size_t>(model.layers));
    values_.resize(static_cast<size_t>(model.layers));
  }

  // The logits after one more token.
  std::vector<double> next(int32_t token) {
    const bool llama = model_.family == Family::Llama;
    const size_t hidden = static_cast<size_t>(model_.hidden);
    const std::vector<double>& table =
        tensors_.at(llama ? "model.embed_tokens.weight" : "transformer.wte.weight");
    std::vector<double> x(
        table.begin() + static_cast<ptrdiff_t>(static_cast<size_t>(token) * hidden),
        table.begin() + static_cast<ptrdiff_t>(static_cast<size_t>(token + 1) * hidden));
    for (int32_t layer = 0; layer < model_.layers; ++layer)
      llama ? llamaLayer(layer, x) : gptJLayer(layer, x);
    position_ += 1;
    x = norm(llama ? "model.norm" : "transformer.ln_f", x);
    std::vector<double> logits =
        multiply(model_.tiedEmbeddings ? table : tensors_.at("lm_head.weight"), x);
    const auto bias = tensors_.find("lm_head.bias");
    for (size_t o = 0; bias != tensors_.end() && o < logits.size(); ++o)
      logits[o] += bias->second[o];
    return logits;
  }

 private:
  double rounded(float value) const {
    uint32_t place = 0;
    writeElement(&place, model_.dataType, 0, value);
    return readElement(&place, model_.dataType, 0);
  }

  static std::vector<double> multiply(const std::vector<double>& weights,
                                      const std::vector<double>& x) {
    std::vector<double> y(weights.size() / x.size(), 0.0);
    for (size_t o = 0; o < y.size(); ++o) {
      for (size_t i = 0; i < x.size(); ++i) y[o] += weights[o * x.size() + i] * x[i];
    }
    return y;
  }

  std::vector<double> product(const std::string& name, const std::vector<double>& x) const {
    std::vector<double> y = multiply(tensors_.at(name + ".weight"), x);
    const auto bias = tensors_.find(name + ".bias");
    for (size_t o = 0; bias != tensors_.end() && o < y.size(); ++o) y[o] += bias->second[o];
    return y;
  }

  std::vector<double> norm(const std::string& name, const std::vector<double>& x) const {
    double mean = 0, squares = 0;
    const double n = static_cast<double>(x.size());
    if (model_.family == Family::GptJ) {
      for (const double v : x) mean += v / n;
    }
    for (const double v : x) squares += (v - mean) * (v - mean) / n;
    std::vector<double> y(x.size());
    const auto bias = tensors_.find(name + ".bias");
    for (size_t i = 0; i < x.size(); ++i) {
      y[i] = (x[i] - mean) / std::sqrt(squares + model_.normEpsilon) *
             tensors_.at(name + ".weight")[i];
      if (bias != tensors_.end()) y[i] += bias->second[i];
    }
    return y;
  }

  void rotate(std::vector<double>& heads) const {
    const size_t pairs = frequencies_.size(), dim = static_cast<size_t>(model_.headDim);
    for (size_t at = 0; at < heads.size(); at += dim) {
      for (size_t i = 0; i < pairs; ++i) {
        const bool llama = model_.family == Family::Llama;
        double& a = heads[at + (llama ? i : 2 * i)];
        double& b = heads[at + (llama ? i + pairs : 2 * i + 1)];
        const double c = std::cos(position_ * frequencies_[i]),
                     s = std::sin(position_ * frequencies_[i]);
        const double x = a, y = b;
        a = x * c - y * s;
        b = y * c + x * s;
      }
    }
  }

  std::vector<double> attention(int32_t layer, const std::string& at,
                                const std::vector<double>& x) {
    std::vector<double> q = product(at + "q_proj", x), k = product(at + "k_proj", x),
                        v = product(at + "v_proj", x);
    rotate(q);
    rotate(k);
    for (double& value : k) value = rounded(static_cast<float>(value));
    for (double& value : v) value = rounded(static_cast<float>(value));
    auto& keys = keys_[static_cast<size_t>(layer)];
    auto& values = values_[static_cast<size_t>(layer)];
    keys.push_back(k);
    values.push_back(v);
    std::vector<double> out(q.size(), 0.0);
    const size_t dim = static_cast<size_t>(model_.headDim),
                 group = static_cast<size_t>(model_.heads / model_.kvHeads);
    for (size_t head = 0; head < static_cast<size_t>(model_.heads); ++head) {
      const size_t kvAt = head / group * dim;
      std::vector<double> weights;
      double sum = 0;
      for (const std::vector<double>& key : keys) {
        double score = 0;
        for (size_t d = 0; d < dim; ++d) score += q[head * dim + d] * key[kvAt + d];
        weights.push_back(std::exp(score / std::sqrt(static_cast<double>(dim))));
        sum += weights.back();
      }
      for (size_t t = 0; t < weights.size(); ++t) {
        for (size_t d = 0; d < dim; ++d)
          out[head * dim + d] += weights[t] / sum * values[t][kvAt + d];
      }
    }
    return product(at + (model_.family == Family::Llama ? "o_proj" : "out_proj"), out);
  }

  static void add(std::vector<double>& x, const std::vector<double>& y) {
    for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }

  void llamaLayer(int32_t layer, std::vector<double>& x) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    add(x, attention(layer, at + "self_attn.", norm(at + "input_layernorm", x)));
    const std::vector<double> n = norm(at + "post_attention_layernorm", x);
    std::vector<double> gate = product(at + "mlp.gate_proj", n);
    const std::vector<double> up = product(at + "mlp.up_proj", n);
    for (size_t i = 0; i < gate.size(); ++i) gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
    add(x, product(at + "mlp.down_proj", gate));
  }

  void gptJLayer(int32_t layer, std::vector<double>& x) {
    const std::string at = "transformer.h." + std::to_string(layer) + ".";
    const std::vector<double> n = norm(at + "ln_1", x);
    add(x, attention(layer, at + "attn.", n));
    std::vector<double> inner = product(at + "mlp.fc_in", n);
    for (double& v : inner)
      v = 0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    add(x, product(at + "mlp.fc_out", inner));
  }

  ModelConfig model_;
  std::vector<double> frequencies_;
  std::map<std::string, std::vector<double>> tensors_;
  std::vector<std::vector<std::vector<double>>> keys_, values_;  // [layer][position]
  int32_t position_ = 0;
};

}  // namespace flover::checks
