#include "convert.h"

namespace flover::addon {
namespace {

template <typename T>
T oneOf(const std::string& value, const std::string& where,
        std::initializer_list<std::pair<const char*, T>> choices) {
  std::string allowed;
  for (const auto& [name, choice] : choices) {
    if (value == name) return choice;
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  }
  refuse(where + " = \"" + value + "\"", allowed);
}

Rope toRope(Napi::Value value) {
  const Fields f(value, "config.model.rope",
                 {"theta", "dims", "scaling", "factor", "lowFrequencyFactor", "highFrequencyFactor",
                  "originalPositions"});
  Rope rope;
  rope.theta = f.number("theta");
  rope.dims = f.integer("dims");
  if (f.has("scaling")) {
    rope.scaling = oneOf<Rope::Scaling>(f.text("scaling"), f.path("scaling"),
                                        {{"none", Rope::Scaling::None},
                                         {"linear", Rope::Scaling::Linear},
                                         {"llama3", Rope::Scaling::Llama3}});
  }
  rope.factor = f.number("factor", rope.factor);
  rope.lowFrequencyFactor = f.number("lowFrequencyFactor", rope.lowFrequencyFactor);
  rope.highFrequencyFactor = f.number("highFrequencyFactor", rope.highFrequencyFactor);
  rope.originalPositions = f.integer("originalPositions", rope.originalPositions);
  return rope;
}

ModelConfig toModel(Napi::Value value) {
  const Fields f(
      value, "config.model",
      {"family", "dataType", "layers", "hidden", "intermediate", "heads", "kvHeads", "headDim",
       "vocabulary", "maxPositions", "normEpsilon", "tiedEmbeddings", "attentionBias", "rope"});
  ModelConfig model;
  model.family = oneOf<Family>(f.text("family"), f.path("family"),
                               {{"llama", Family::Llama}, {"gptj", Family::GptJ}});
  model.dataType =
      oneOf<DataType>(f.text("dataType"), f.path("dataType"),
                      {{"f32", DataType::F32}, {"f16", DataType::F16}, {"bf16", DataType::BF16}});
  model.layers = f.integer("layers");
  model.hidden = f.integer("hidden");
  model.intermediate = f.integer("intermediate");
  model.heads = f.integer("heads");
  model.kvHeads = f.integer("kvHeads");
  model.headDim = f.integer("headDim");
  model.vocabulary = f.integer("vocabulary");
  model.maxPositions = f.integer("maxPositions");
  model.normEpsilon = f.number("normEpsilon");
  model.tiedEmbeddings = f.flag("tiedEmbeddings", false);
  model.attentionBias = f.flag("attentionBias", false);
  model.rope = toRope(f.get("rope"));
  return model;
}

WorldConfig toWorld(Napi::Value value) {
  const Fields f(value, "config.world", {"devices", "collective", "failure"});
  WorldConfig world;
  world.ranks.clear();
  for (const int32_t device : toIntegers(f.get("devices"), f.path("devices")))
    world.ranks.push_back({static_cast<int32_t>(world.ranks.size()), device});
  world.size = static_cast<int32_t>(world.ranks.size());
  if (f.has("collective")) {
    world.collective =
        oneOf<Collective>(f.text("collective"), f.path("collective"),
                          {{"one-shot", Collective::OneShot}, {"nccl", Collective::Nccl}});
  }
  if (f.has("failure")) {
    const Fields failure(f.get("failure"), "config.world.failure", {"rank", "work"});
    world.failRank = failure.integer("rank");
    world.failWork = failure.integer("work");
  }
  return world;
}

SamplingParameters toSampling(Napi::Value value) {
  const Fields f(
      value, "sequence.sampling",
      {"temperature", "topK", "topP", "minOutputTokens", "repetitionPenalty", "presencePenalty",
       "lengthPenalty", "diversity", "seed", "logProbs", "endTokens", "stop", "badWords"});
  SamplingParameters p;
  p.temperature = static_cast<float>(f.number("temperature", p.temperature));
  p.topK = f.integer("topK", p.topK);
  p.topP = static_cast<float>(f.number("topP", p.topP));
  p.minOutputTokens = f.integer("minOutputTokens", p.minOutputTokens);
  p.repetitionPenalty = static_cast<float>(f.number("repetitionPenalty", p.repetitionPenalty));
  p.presencePenalty = static_cast<float>(f.number("presencePenalty", p.presencePenalty));
  p.lengthPenalty = static_cast<float>(f.number("lengthPenalty", p.lengthPenalty));
  p.diversity = static_cast<float>(f.number("diversity", p.diversity));
  if (f.has("seed")) p.seed = toSeed(f.get("seed"), f.path("seed"));
  p.logProbs = f.flag("logProbs", p.logProbs);
  if (f.has("endTokens")) p.endTokens = toIntegers(f.get("endTokens"), f.path("endTokens"));
  if (f.has("stop")) p.stop = toLists(f.get("stop"), f.path("stop"));
  if (f.has("badWords")) p.badWords = toLists(f.get("badWords"), f.path("badWords"));
  return p;
}

}  // namespace

EngineConfig toEngineConfig(Napi::Value value) {
  const Fields f(value, "config",
                 {"model", "world", "lanes", "blocks", "blockTokens", "hostBlocks", "maxSequences",
                  "maxSequenceTokens", "maxRowTokens", "threads"});
  EngineConfig config;
  config.model = toModel(f.get("model"));
  if (f.has("world")) config.world = toWorld(f.get("world"));
  config.lanes = f.integer("lanes");
  config.blocks = f.integer("blocks");
  config.blockTokens = f.integer("blockTokens");
  config.hostBlocks = f.integer("hostBlocks");
  config.maxSequences = f.integer("maxSequences");
  config.maxSequenceTokens = f.integer("maxSequenceTokens");
  config.maxRowTokens = f.integer("maxRowTokens");
  config.threads = f.integer("threads", 0);
  return config;
}

SequenceConfig toSequenceConfig(Napi::Value value) {
  const Fields f(value, "sequence",
                 {"id", "groupFirst", "groupIndex", "groupWidth", "group", "prompt",
                  "maxOutputTokens", "hiddenOutputTokens", "sampling"});
  SequenceConfig s;
  s.id = f.integer("id");
  s.groupFirst = f.integer("groupFirst");
  s.groupIndex = f.integer("groupIndex");
  s.groupWidth = f.integer("groupWidth");
  s.group = oneOf<GroupKind>(f.text("group"), f.path("group"),
                             {{"single", GroupKind::Single},
                              {"samples", GroupKind::Samples},
                              {"beams", GroupKind::Beams}});
  s.prompt = toIntegers(f.get("prompt"), f.path("prompt"));
  s.maxOutputTokens = f.integer("maxOutputTokens");
  s.hiddenOutputTokens = f.integer("hiddenOutputTokens", 0);
  if (f.has("sampling")) s.sampling = toSampling(f.get("sampling"));
  return s;
}

}  // namespace flover::addon
