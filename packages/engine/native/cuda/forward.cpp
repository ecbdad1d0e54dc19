#include "forward.h"

#include <algorithm>
#include <cmath>

#include "bounds.h"
#include "division.h"
#include "padding.h"

namespace flover::cuda {

struct Forward::Pass {
  const PassLayout& layout;
  PassView view;
  cudaStream_t stream;
  int share, real;
  ActivationLayout x, attended, inner, last;
  DataType type;
};

int Forward::paddedTokens(int tokens) const {
  const Model& m = *shared_.model;
  return activationLayout(tokens, 0, m.config().dataType, m.hopper()).tokens;
}

Forward::Forward(const Shared& shared, const Reports& reports, int capacity, int singles,
                 int samples)
    : shared_(shared), reports_(reports) {
  const Model& model = *shared.model;
  const ModelConfig& m = model.config();
  capacity_ = paddedTokens(capacity);
  singles_ = std::min(capacity_, singles);
  logitRows_ = paddedTokens(std::min(capacity_, samples));
  maxChunks_ = (shared.maxSequenceTokens + kKeyChunk - 1) / kKeyChunk;
  const size_t tokens = static_cast<size_t>(capacity_), element = bytesPerElement(m.dataType);
  const size_t queryRow = static_cast<size_t>(m.heads) * shared.kv->stride();
  int outSplits = 1, downSplits = 1;
  for (const LayerWeights& layer : model.layers()) {
    outSplits = std::max(outSplits, layer.out.splits);
    downSplits = std::max(downSplits, layer.down.splits);
  }
  const int sumSplits = m.family == Family::Llama ? std::max(outSplits, downSplits) : outSplits;
  residual_ = DeviceBuffer(tokens * m.hidden * 4);
  x_ = DeviceBuffer(tokens * padded(m.hidden, kUnit) * element);
  attended_ = DeviceBuffer(tokens * padded(m.heads * m.headDim, kUnit) * element);
  inner_ = DeviceBuffer(tokens * padded(m.intermediate, kUnit) * element);
  last_ = DeviceBuffer(static_cast<size_t>(logitRows_) * padded(m.hidden, kUnit) * element);
  queries_ = DeviceBuffer(tokens * queryRow * element);
  sums_ = DeviceBuffer(tokens * sumSplits * m.hidden * 4);
  if (m.family == Family::GptJ) moreSums_ = DeviceBuffer(tokens * downSplits * m.hidden * 4);
  parts_ = DeviceBuffer(static_cast<size_t>(singles_) * m.heads * maxChunks_ *
                        (shared.kv->stride() + 8) * 4);
  counters_ = DeviceBuffer(tokens * m.heads * 4);
  logits_ = DeviceBuffer(static_cast<size_t>(logitRows_) * m.vocabulary * 4);
  processed_ = DeviceBuffer(static_cast<size_t>(samples) * m.vocabulary * 4);
  sampleCounter_ = DeviceBuffer(4);
  tickets_ = DeviceBuffer(static_cast<size_t>(m.layers) * 4);
}

Product Forward::make(const Pass& pass, const Weight& weight, const void* x,
                      const ActivationLayout& layout) const {
  Product p;
  p.weight = weight;
  p.x = x;
  p.layout = layout;
  p.tokens = pass.layout.shape.tokens;
  p.multiprocessors = pass.share ? pass.share : shared_.multiprocessors;
  p.spare = spareFor(pass.real, p.multiprocessors);
  p.beside = pass.share != 0;
  return p;
}

Partials Forward::toPartials(const Pass& pass, const Weight& weight, const void* x,
                             const ActivationLayout& layout, float* to, const float* bias) const {
  Product p = make(pass, weight, x, layout);
  p.epilogue.partials = to;
  p.epilogue.partialStride = weight.rows;
  product(p, pass.type, shared_.model->hopper(), pass.stream);
  return {to, weight.splits, layout.tokens, bias};
}

void Forward::attend(const Pass& pass, int index) {
  const ModelConfig& m = shared_.model->config();
  const LayerWeights& weights = shared_.model->layers()[static_cast<size_t>(index)];
  Product qkv = make(pass, weights.qkv, x_.as(), pass.x);
  qkv.epilogue.kind = EpilogueKind::Heads;
  HeadTarget& to = qkv.epilogue.target;
  to.queries = queries_.as();
  to.keys = shared_.kv->keys(index);
  to.values = shared_.kv->values(index);
  to.rope = shared_.model->rope();
  to.positions = pass.view.positions;
  to.places = pass.view.places;
  to.heads = m.heads, to.kvHeads = m.kvHeads, to.headDim = m.headDim,
  to.stride = shared_.kv->stride();
  to.rotated = m.rope.dims;
  to.blockTokens = shared_.kv->blockTokens();
  to.interleaved = m.family == Family::GptJ;
  product(qkv, pass.type, shared_.model->hopper(), pass.stream);

  Attention a;
  a.header = pass.view.header;
  a.items = pass.view.items;
  a.rowBlocks = pass.view.rowBlocks, a.tiles = pass.view.tiles;
  a.queries = queries_.as(), a.keys = to.keys, a.values = to.values;
  a.partials = parts_.as<float>(), a.counters = counters_.as<int>();
  a.x = attended_.as(), a.layout = pass.attended;
  a.heads = m.heads, a.kvHeads = m.kvHeads, a.headDim = m.headDim, a.stride = to.stride;
  a.rowBlocksStride = pass.layout.shape.rowBlocks, a.blockTokens = to.blockTokens;
  a.maxChunks = maxChunks_;
  a.tickets = tickets_.as<int>() + index;
  a.share = pass.share;
  a.blockDivider = blockDivider(to.blockTokens, shared_.maxSequenceTokens);
  a.scale = static_cast<float>(1.4426950408889634 / std::sqrt(static_cast<double>(m.headDim)));
  if (pass.layout.shape.items > 0)
    attendTokens(a, pass.type,
                 kAttentionBlocks * (pass.share ? pass.share : shared_.multiprocessors),
                 pass.stream);
  if (pass.layout.shape.queryTiles > 0)
    attendTiles(a, pass.type, pass.layout.shape.queryTiles, pass.stream);
}

void Forward::layer(const Pass& pass, int index) {
  const Model& model = *shared_.model;
  const ModelConfig& m = model.config();
  const LayerWeights& w = model.layers()[static_cast<size_t>(index)];
  const bool isLast = index + 1 == m.layers;
  const bool llama = m.family == Family::Llama;
  attend(pass, index);
  const auto addAndNorm = [&](const Partials& a, const Partials& b, const NormWeights& norm,
                              bool last) {
    const int rows = last ? pass.layout.shape.logitRows : pass.layout.shape.tokens;
    if (rows == 0) return;
    NormTarget to{x_.as(), pass.x};
    if (last) to = {last_.as(), pass.last};
    const int* gather = last ? pass.view.logitTokens : nullptr;
    if (shared_.communicator) {
      shared_.communicator->addNorm({a, b, b.splits ? b.bias : a.bias, norm, residual_.as<float>(),
                                     to, gather, pass.view.header, m.hidden, rows, pass.type},
                                    pass.stream);
    } else {
      addNorm(a, b, norm, residual_.as<float>(), to, gather, m.hidden, rows, pass.type,
              pass.stream);
    }
  };
  const NormWeights& next =
      isLast ? model.finalNorm() : model.layers()[static_cast<size_t>(index) + 1].attentionNorm;
  const auto toInner = [&] {
    Product up = make(pass, w.up, x_.as(), pass.x);
    up.epilogue.kind = llama ? EpilogueKind::Gated : EpilogueKind::Gelu;
    up.epilogue.activations = inner_.as();
    up.epilogue.layout = pass.inner;
    product(up, pass.type, model.hopper(), pass.stream);
  };
  if (!llama) toInner();
  const Partials out =
      toPartials(pass, w.out, attended_.as(), pass.attended, sums_.as<float>(), w.outBias);
  if (llama) {
    addAndNorm(out, {}, w.mlpNorm, false);
    toInner();
    const Partials down =
        toPartials(pass, w.down, inner_.as(), pass.inner, sums_.as<float>(), w.downBias);
    addAndNorm(down, {}, next, isLast);
  } else {
    const Partials down =
        toPartials(pass, w.down, inner_.as(), pass.inner, moreSums_.as<float>(), w.downBias);
    addAndNorm(out, down, next, isLast);
  }
}

void Forward::finish(const Pass& pass) {
  const Model& model = *shared_.model;
  const int rows = pass.layout.shape.logitRows;
  if (rows > 0) {
    Product head = make(pass, model.head(), last_.as(), pass.last);
    head.tokens = rows;
    Communicator* others = shared_.communicator;
    const LogitPart to = others ? others->logitPart(rows)
                                : LogitPart{logits_.as<float>(), model.config().vocabulary};
    head.epilogue.partials = to.to;
    head.epilogue.partialStride = to.stride;
    product(head, pass.type, model.hopper(), pass.stream);
    if (others) others->gatherLogits(pass.view.header, rows, pass.stream);
  }
  Sampler s;
  s.header = pass.view.header;
  s.entries = pass.view.samples;
  s.extra = pass.view.extra;
  s.logits = logits_.as<float>();
  s.bias = model.headBias();
  s.processed = processed_.as<float>();
  s.history = shared_.history;
  s.historyStride = shared_.historyStride;
  s.vocabulary = model.config().vocabulary;
  s.records = reports_.records;
  s.tokens = reports_.tokens;
  s.logProbs = reports_.logProbs;
  s.recordStride = reports_.stride;
  s.counter = sampleCounter_.as<int>();
  sample(s, pass.layout.shape.samples, pass.stream);
}

void Forward::run(const PassLayout& layout, void* device, cudaStream_t stream, int share,
                  int real) {
  const Model& model = *shared_.model;
  const ModelConfig& m = model.config();
  const int queryColumns = m.heads * m.headDim;
  const auto make = [&](int k, int tokens) {
    return activationLayout(tokens, padded(k, kUnit), m.dataType, model.hopper());
  };
  const Pass pass{layout,
                  PassView(device, layout),
                  stream,
                  share,
                  real,
                  make(m.hidden, layout.shape.tokens),
                  make(queryColumns, layout.shape.tokens),
                  make(m.intermediate, layout.shape.tokens),
                  make(m.hidden, layout.shape.logitRows),
                  m.dataType};
  Embed e;
  e.header = pass.view.header;
  e.ids = pass.view.ids, e.slots = pass.view.slots, e.positions = pass.view.positions;
  e.history = shared_.history;
  e.historyStride = shared_.historyStride;
  e.table = model.embedding();
  e.records = reports_.records;
  e.tickets = tickets_.as<int>(), e.ticketCount = m.layers;
  embed(e, model.layers()[0].attentionNorm, residual_.as<float>(), {x_.as(), pass.x}, m.hidden,
        layout.shape.tokens, m.dataType, stream);
  clearPadding({{x_.as(), m.hidden, pass.x},
                {attended_.as(), queryColumns, pass.attended},
                {inner_.as(), m.intermediate, pass.inner},
                {last_.as(), m.hidden, pass.last}},
               m.dataType, stream);
  if (shared_.communicator) shared_.communicator->begin(layout.shape);
  for (int i = 0; i < m.layers; ++i) layer(pass, i);
  finish(pass);
}

}  // namespace flover::cuda
