// What a token of a job asks of the pass that computes it.
#pragma once
#include "job.h"

namespace flover::cuda {

// Whether attention takes the token by itself: a decoded one, a dead row's, or any where prompts do
// not go by `tiles` of queries.
bool isSingle(const Job& job, const JobToken& token, bool tiles);

// Whether tokens are drawn from the logits of this one, or beams proposed.
bool samplesAt(const Job& job, const JobToken& token);

// Key chunks that a token at this position attends to.
int keyChunks(int position);

// Whether end tokens are barred for the output token at this position: too few are there.
bool barsEnds(const SequenceConfig& config, int32_t position);

// Whether drawing the token at this position takes more than finding the largest logit.
bool isGeneral(const SequenceConfig& config, int32_t position);

// Numbers that end tokens and bad words take where this token's logits are sampled.
int wordsAt(const Job& job, const JobToken& token);

}  // namespace flover::cuda
