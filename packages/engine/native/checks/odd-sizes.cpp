// Models whose sizes are multiples of nothing, prompts of one token, and the last position.
#include "driver.h"
#include "reference-model.h"

using namespace flover;
using namespace flover::checks;

namespace {

struct Sizes {
  int32_t hidden, intermediate, heads, kvHeads, headDim, vocabulary;
};

ModelConfig modelOf(Family family, const Sizes& sizes) {
  ModelConfig m = tinyModel(family, DataType::F32);
  m.layers = 2;
  m.hidden = sizes.hidden, m.intermediate = sizes.intermediate;
  m.heads = sizes.heads, m.kvHeads = family == Family::Llama ? sizes.kvHeads : sizes.heads;
  m.headDim = sizes.headDim, m.vocabulary = sizes.vocabulary;
  m.rope.dims = family == Family::Llama ? m.headDim : (m.headDim + 2) / 4 * 2;
  m.maxPositions = 23;
  return m;
}

}  // namespace

CHECK("sizes: odd ones agree with double arithmetic from the first position to the last") {
  const Sizes all[] = {{30, 1, 3, 1, 80, 67},   {1, 33, 5, 5, 96, 2},   {65, 47, 2, 1, 256, 129},
                       {17, 31, 7, 1, 6, 1031}, {40, 24, 65, 1, 2, 33}, {48, 50, 1, 1, 512, 64}};
  for (const Family family : {Family::Llama, Family::GptJ}) {
    for (const Sizes& sizes : all) {
      const ModelConfig model = modelOf(family, sizes);
      Driver d(model, 5, 8, 1, model.maxPositions);
      d.engine->keepLogits(true);
      ReferenceModel reference(model, 11);
      d.engine->add(d.sequence(0, 1, model.maxPositions - 1));
      d.place(0, model.maxPositions, 0);
      int32_t token = d.sequence(0, 1, 1).prompt[0];
      // The last token has its place and is never computed.
      for (int32_t at = 0; at + 1 < model.maxPositions; ++at) {
        const std::vector<double> wanted = reference.next(token);
        const int32_t flags = at == 0 ? kRowSamples : kRowDecode | kRowSamples;
        token = d.run({{0, at, at + 1, flags}}).tokens[0];
        const std::vector<float> logits = d.engine->logits(0);
        EXPECT_EQUAL(logits.size(), wanted.size());
        for (size_t k = 0; k < logits.size(); ++k) EXPECT_NEAR(logits[k], wanted[k], 1e-5);
      }
      EXPECT_ERROR("work-invalid", d.run({{0, model.maxPositions - 1, model.maxPositions,
                                           kRowDecode | kRowSamples}}));
      EXPECT_EQUAL(d.engine->result(0).tokens.size(), size_t(model.maxPositions - 1));
      d.engine->release(0);
      EXPECT_ERROR("logits-unknown", d.engine->logits(0));
    }
  }
}
