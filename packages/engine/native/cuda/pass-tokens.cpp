#include "pass-tokens.h"

#include "bounds.h"

namespace flover::cuda {

bool isSingle(const Job& job, const JobToken& token, bool tiles) {
  return token.row < 0 || !tiles || (job.rows[static_cast<size_t>(token.row)].flags & kRowDecode);
}

bool samplesAt(const Job& job, const JobToken& token) {
  if (token.row < 0) return false;
  const JobRow& row = job.rows[static_cast<size_t>(token.row)];
  return !row.samples.empty() && token.position + 1 == row.to;
}

int keyChunks(int position) { return position / kKeyChunk + 1; }

bool barsEnds(const SequenceConfig& config, int32_t position) {
  return position - static_cast<int32_t>(config.prompt.size()) < config.sampling.minOutputTokens;
}

bool isGeneral(const SequenceConfig& config, int32_t position) {
  const SamplingParameters& s = config.sampling;
  return s.temperature > 0 || s.repetitionPenalty != 1.0f || s.presencePenalty != 0.0f ||
         !s.badWords.empty() || (barsEnds(config, position) && !s.endTokens.empty());
}

int wordsAt(const Job& job, const JobToken& token) {
  if (!samplesAt(job, token)) return 0;
  const JobRow& row = job.rows[static_cast<size_t>(token.row)];
  if (row.beams) return 0;
  int count = 0;
  for (const auto& [sequence, slot] : row.samples)
    if (isGeneral(sequence->config, row.to)) count += wordNumbers(sequence->config.sampling);
  return count;
}

}  // namespace flover::cuda
