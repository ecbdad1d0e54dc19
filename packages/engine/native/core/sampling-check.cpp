#include <cmath>
#include <string>

#include "flover/error.h"
#include "flover/number-text.h"
#include "flover/sampling.h"

namespace flover {
namespace {

// Below it logits divided by the temperature could leave the range of fp32, and all order with it.
constexpr float kLeastTemperature = 1e-6f;

[[noreturn]] void refuse(const SequenceConfig& sequence, const std::string& field,
                         const std::string& value, const std::string& allowed) {
  throw Error("sampling-invalid", "sequence " + std::to_string(sequence.id) + ": sampling." +
                                      field + " is " + value + "; allowed: " + allowed);
}

void checkTokens(const SequenceConfig& sequence, const std::string& field,
                 const std::vector<int32_t>& tokens, int32_t vocabulary) {
  for (const int32_t token : tokens) {
    if (token >= 0 && token < vocabulary) continue;
    refuse(sequence, field, std::to_string(token), "tokens 0 to " + std::to_string(vocabulary - 1));
  }
}

void checkNumber(const SequenceConfig& sequence, const char* field, float value, bool holds,
                 const char* allowed) {
  if (!holds || !std::isfinite(value)) refuse(sequence, field, numberText(value), allowed);
}

}  // namespace

void checkSampling(const SequenceConfig& s, int32_t vocabulary) {
  const SamplingParameters& p = s.sampling;
  checkNumber(s, "temperature", p.temperature,
              p.temperature == 0.0f || p.temperature >= kLeastTemperature,
              "0 (greedy) or at least 0.000001");
  checkNumber(s, "topP", p.topP, p.topP > 0.0f && p.topP <= 1.0f, "above 0, at most 1");
  checkNumber(s, "repetitionPenalty", p.repetitionPenalty, p.repetitionPenalty > 0.0f, "above 0");
  checkNumber(s, "presencePenalty", p.presencePenalty, true, "a finite number");
  checkNumber(s, "lengthPenalty", p.lengthPenalty, true, "a finite number");
  checkNumber(s, "diversity", p.diversity, p.diversity >= 0.0f, "0 or more");
  if (p.topK < 0) refuse(s, "topK", std::to_string(p.topK), "0 (all) or more");
  if (p.minOutputTokens < 0)
    refuse(s, "minOutputTokens", std::to_string(p.minOutputTokens), "0 or more");
  checkTokens(s, "endTokens", p.endTokens, vocabulary);
  for (const std::vector<int32_t>& stop : p.stop) {
    if (stop.empty()) refuse(s, "stop", "an empty sequence", "at least one token each");
    checkTokens(s, "stop", stop, vocabulary);
  }
  for (const std::vector<int32_t>& word : p.badWords) {
    if (word.empty()) refuse(s, "badWords", "an empty word", "at least one token each");
    checkTokens(s, "badWords", word, vocabulary);
  }
  if (s.group != GroupKind::Beams) return;
  if (p.temperature != 0.0f) {
    refuse(s, "temperature", numberText(p.temperature), "0 with beam search, which draws nothing");
  }
  if (int64_t{s.groupWidth} * 2 > vocabulary) {
    refuse(s, "width", std::to_string(s.groupWidth), "at most half the vocabulary for beams");
  }
}

}  // namespace flover
