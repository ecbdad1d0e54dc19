import { stream, wholeBelow } from '@flover/workload';
import { type Probe, ProbeSource } from './probe-source.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { configFor, listedRun, plainRequest } from './requests.ts';

/** Tokens of an iteration, decodes included; engines take passes of at most 512, tiles of 64 or 128. */
const BUDGETS = [128, 256, 384, 448, 512];
/** Of these, also beside the widest batch and beside a single row. */
const FEW_BUDGETS = [256, 512];
const REPEATS = 2;
const LONG_CONTEXT = 700;
const SHORT_CONTEXT = 4;
/** Pauses from none, on a device that is hot from the prompt before, to one that lets it cool. */
const LONGEST_PAUSE_NANOS = 200_000_000;
/** Iterations of the background in the longest pause. */
const ITERATIONS_A_PAUSE = 24;
const REQUESTS = 16;
const FEWEST_OUTPUT_TOKENS = 8;
const MOST_OUTPUT_TOKENS = 40;

/**
 * Long prompts that are computed in chunks of one work with decode: each chunk reads the keys of all
 * before it, which whole prompts cannot tell from what more tokens take. None where no prompt is long
 * enough for two chunks.
 */
export function chunkRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const longest = reach.maxContext - 1;
  const budgets = BUDGETS.filter((budget) => 2 * budget < longest);
  const few = FEW_BUDGETS.filter((budget) => budgets.includes(budget));
  const [single, quarter, most] = batchesOf(reach);
  return [
    ...budgets.map((budget) => besideRun(reach, seed, budget, quarter, longContext(reach))),
    ...few.flatMap((budget) => [
      ...(single < quarter ? [besideRun(reach, seed, budget, single, longContext(reach))] : []),
      ...(most > quarter ? [besideRun(reach, seed, budget, most, SHORT_CONTEXT)] : []),
    ]),
    ...few.map((budget) => crowdedRun(reach, seed, budget)),
  ];
}

function batchesOf({ maxBatch }: ProfileReach): readonly [number, number, number] {
  const most = Math.max(1, maxBatch - 1);
  return [1, Math.ceil(most / 4), most];
}

function longContext({ maxContext }: ProfileReach): number {
  return Math.min(LONG_CONTEXT, Math.floor(maxContext / 2));
}

/** A steady batch, met by long prompts one at a time. */
function besideRun(
  reach: ProfileReach,
  seed: number,
  budget: number,
  batch: number,
  context: number,
): ProfileRun {
  const random = stream(seed, `profile/chunks/${budget}/${batch}/${context}`);
  const longest = reach.maxContext - 1;
  const lengths = [longest, Math.ceil(longest / 2)];
  const probes: Probe[] = Array.from({ length: REPEATS }, () => lengths)
    .flat()
    .map((promptTokens) => ({
      promptTokens,
      outputTokens: 1,
      pauseNanos: wholeBelow(random, LONGEST_PAUSE_NANOS),
    }));
  const chunkTokens = Math.max(1, budget - batch);
  const iterations = probes.reduce(
    (sum, { promptTokens }) => sum + ITERATIONS_A_PAUSE + Math.ceil(promptTokens / chunkTokens),
    0,
  );
  const tokens = Math.min(reach.maxContext - context, iterations);
  const background = Array.from({ length: batch }, (_, id) => plainRequest(id, context, tokens));
  return {
    name: `prefill by ${budget} tokens with ${batch} decoding, context ${context}`,
    config: configFor(reach, 'chunked-prefill', { tokenBudget: budget, chunkAlignment: 1 }),
    source: () => new ProbeSource(background, probes),
  };
}

/** Prompts of all lengths that are there from the start: the end of one shares a work with the next. */
function crowdedRun(reach: ProfileReach, seed: number, budget: number): ProfileRun {
  const name = `long prompts and decode in one work of ${budget} tokens`;
  const random = stream(seed, `profile/${name}`);
  const requests = Array.from({ length: REQUESTS }, (_, id) => {
    const most = Math.min(MOST_OUTPUT_TOKENS, Math.floor(reach.maxContext / 4));
    const output = FEWEST_OUTPUT_TOKENS + wholeBelow(random, most - FEWEST_OUTPUT_TOKENS);
    return plainRequest(id, 1 + wholeBelow(random, reach.maxContext - output), output);
  });
  const config = configFor(reach, 'chunked-prefill', { tokenBudget: budget, chunkAlignment: 1 });
  return listedRun(name, config, requests);
}
