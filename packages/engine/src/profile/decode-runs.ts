import { batchSizes, type ProfileReach, type ProfileRun } from './reach.ts';
import { configFor, listedRun, plainRequest } from './requests.ts';

const DECODE_TOKENS = 20;
/** Small batches decode longer: their contexts hardly spread, and attention has steps. */
const FEW = 4;
const FEW_DECODE_TOKENS = 140;
/** Contexts of one batch are spread this far, so that steps of attention cancel out. */
const SPREAD_TOKENS = 128;
const SHORT_PROMPT = 4;
/** Prompts of a long batch take this many tokens in all at most: they have to be computed, too. */
const MAX_PROMPT_TOKENS = 40_000;

/** Decode over batch and context: every batch near the start, with long contexts, and between. */
export function decodeRuns(reach: ProfileReach): ProfileRun[] {
  return batchSizes(reach.maxBatch).flatMap((batch) =>
    contextsOf(reach, batch).map((context) => decodeRun(reach, batch, context)),
  );
}

/** A few batches near the start of their contexts. */
export function fewDecodeRuns(reach: ProfileReach): ProfileRun[] {
  const batches = new Set([1, Math.ceil(reach.maxBatch / 4), reach.maxBatch]);
  return [...batches].map((batch) => decodeRun(reach, batch, SHORT_PROMPT));
}

/**
 * Small batches whose contexts reach nearly as far as they may; `measured` are those of the slots that
 * all batches were measured in: none where these are as long.
 */
export function longDecodeRuns(reach: ProfileReach, measured: number): ProfileRun[] {
  if (reach.maxContext <= measured) return [];
  const most = Math.ceil(reach.maxBatch / 2);
  return batchSizes(most).flatMap((batch) => {
    if (Math.log2(batch) % 1 !== 0 && batch !== most) return [];
    const context = reach.maxContext - SPREAD_TOKENS - tokensOf(batch);
    const affordable = Math.floor(MAX_PROMPT_TOKENS / batch) - SPREAD_TOKENS;
    return context > SHORT_PROMPT && affordable >= context
      ? [decodeRun(reach, batch, context)]
      : [];
  });
}

/**
 * Near the start, long, and half-way; and a sixth of the way, where attention is more than a little of
 * a batch's time. A small batch of which a power of two is on either side has no middle.
 */
function contextsOf({ maxContext, maxBatch }: ProfileReach, batch: number): number[] {
  const longest = Math.floor(0.9 * maxContext) - SPREAD_TOKENS - tokensOf(batch);
  const affordable = Math.floor(MAX_PROMPT_TOKENS / batch) - SPREAD_TOKENS;
  const long = Math.max(SHORT_PROMPT, Math.min(longest, affordable));
  const middle = Math.ceil((SHORT_PROMPT + long) / 2);
  const few = batch <= FEW && batch !== maxBatch;
  if (few) return distinct(Math.log2(batch) % 1 === 0 ? [middle, long] : [long]);
  return distinct([Math.max(SHORT_PROMPT, Math.ceil(long / 6)), middle, long]);
}

/** Short contexts and these, each once. */
function distinct(contexts: readonly number[]): number[] {
  return [...new Set([SHORT_PROMPT, ...contexts])];
}

function tokensOf(batch: number): number {
  return batch <= FEW ? FEW_DECODE_TOKENS : DECODE_TOKENS;
}

function decodeRun(reach: ProfileReach, batch: number, context: number): ProfileRun {
  // Waits until the whole batch is there; requests arrive one event at a time.
  const config = configFor(reach, 'dynamic-batching', { maxBatchSize: batch, windowMs: 10_000 });
  const requests = Array.from({ length: batch }, (_, id) => {
    const spread = Math.floor((id * SPREAD_TOKENS) / batch);
    const prompt = Math.max(1, Math.min(context + spread, reach.maxContext - DECODE_TOKENS));
    return plainRequest(id, prompt, Math.min(tokensOf(batch), reach.maxContext - prompt));
  });
  return listedRun(`decode, batch ${batch}, context ${context}`, config, requests);
}
