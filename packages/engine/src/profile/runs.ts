import type { SchedulerConfig } from '@flover/policy';
import { stream, type WorkloadRequest, wholeBelow } from '@flover/workload';

/** How far a profile reaches: what lies beyond is extrapolated. */
export interface ProfileReach {
  /** Largest batch that is measured; as many slots are held. */
  readonly maxBatch: number;
  /** Longest sequence, tokens. */
  readonly maxContext: number;
  /** Lanes that decode side by side, where a policy has such: 1 leaves that out. Default 1. */
  readonly instances?: number;
}

/** One run made for the profile: what decides, and what arrives. */
export interface ProfileRun {
  readonly name: string;
  readonly config: SchedulerConfig;
  readonly requests: readonly WorkloadRequest[];
}

const DECODE_TOKENS = 20;
const SHORT_PROMPT = 4;
const PREFILL_REPEATS = 3;

/**
 * The runs that a profile is made of: prefill over lengths, decode over batch and context, prefill
 * beside decode, both in one work, and reordering moves. Every scheduler here plans and launches as
 * it would in earnest, so host overhead is measured with them.
 */
export function profileRuns(reach: ProfileReach, seed: number): readonly ProfileRun[] {
  return [
    prefillRun(reach),
    ...batchSizes(reach.maxBatch).flatMap((batch) => decodeRuns(reach, batch)),
    besideRun(reach, seed),
    mixedRun(reach, seed),
    reorderingRun(reach, seed),
    ...instancesRuns(reach, seed),
  ];
}

/** 1, 2, 3, 4, 6, 8, 12, 16, ... up to and with `largest`. */
export function batchSizes(largest: number): number[] {
  const sizes = new Set([1, largest]);
  for (let size = 2; size <= largest; size *= 2) {
    sizes.add(size);
    if ((size * 3) / 2 <= largest) sizes.add((size * 3) / 2);
  }
  return [...sizes].sort((a, b) => a - b);
}

function configFor(
  reach: ProfileReach,
  name: string,
  parameters: SchedulerConfig['policy']['parameters'],
  memory: SchedulerConfig['memory'] = { kind: 'slots', slots: reach.maxBatch },
): SchedulerConfig {
  return {
    policy: { name, parameters },
    memory,
    maxSequences: reach.maxBatch,
    maxSequenceTokens: reach.maxContext,
    planAhead: 1,
  };
}

function request(
  id: number,
  promptTokens: number,
  outputTokens: number,
  arrivalNanos = 0,
): WorkloadRequest {
  return {
    id,
    arrivalNanos,
    promptTokens,
    maxOutputTokens: outputTokens,
    outputTokens,
    group: 'single',
    width: 1,
  };
}

function prefillRun(reach: ProfileReach): ProfileRun {
  const longest = reach.maxContext - 2;
  const lengths = batchSizes(longest);
  const requests = Array.from({ length: PREFILL_REPEATS }, () => lengths)
    .flat()
    .map((length, id) => request(id, length, 2));
  return { name: 'prefill', config: configFor(reach, 'sequential', {}), requests };
}

function decodeRuns(reach: ProfileReach, batch: number): ProfileRun[] {
  const long = Math.floor(reach.maxContext * 0.75);
  // Waits until the whole batch is there; requests arrive one event at a time.
  const config = configFor(reach, 'dynamic-batching', { maxBatchSize: batch, windowMs: 10_000 });
  return [SHORT_PROMPT, Math.max(SHORT_PROMPT, long - DECODE_TOKENS)].map((prompt) => ({
    name: `decode, batch ${batch}, context ${prompt}`,
    config,
    requests: Array.from({ length: batch }, (_, id) =>
      request(id, prompt, Math.min(DECODE_TOKENS, reach.maxContext - prompt)),
    ),
  }));
}

/** Requests of random lengths, all there from the start: the policy keeps the device busy. */
function randomRequests(reach: ProfileReach, seed: number, name: string, count: number) {
  const random = stream(seed, `profile/${name}`);
  const half = Math.floor(reach.maxContext / 2);
  return Array.from({ length: count }, (_, id) => {
    const prompt = 1 + wholeBelow(random, half);
    return request(id, prompt, 2 + wholeBelow(random, Math.min(half - 1, 3 * DECODE_TOKENS)));
  });
}

function besideRun(reach: ProfileReach, seed: number): ProfileRun {
  const requests = randomRequests(reach, seed, 'beside', 2 * reach.maxBatch + 4);
  return {
    name: 'prefill beside decode',
    config: configFor(reach, 'temporal-fusion', {}),
    requests,
  };
}

function mixedRun(reach: ProfileReach, seed: number): ProfileRun {
  const requests = randomRequests(reach, seed, 'mixed', reach.maxBatch + 4);
  const parameters = { tokenBudget: 64, chunkAlignment: 16 };
  const config = configFor(reach, 'chunked-prefill', parameters);
  return { name: 'prefill and decode in one work', config, requests };
}

/** Decode beside decode, each lane with a request of its own. */
function instancesRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const { instances = 1 } = reach;
  if (instances === 1) return [];
  const config = configFor(reach, 'concurrent-instances', { instances });
  const requests = randomRequests(reach, seed, 'instances', 2 * instances);
  return [{ name: `${instances} concurrent instances`, config, requests }];
}

function reorderingRun(reach: ProfileReach, seed: number): ProfileRun {
  const requests = randomRequests(reach, seed, 'reordering', 2 * reach.maxBatch + 4);
  const memory = { kind: 'contiguous', slots: reach.maxBatch, reordering: 'flover' } as const;
  const config = configFor(reach, 'temporal-fusion', {}, memory);
  return { name: 'reordering', config, requests };
}
