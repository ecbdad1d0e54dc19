import { stream, type WorkloadRequest, wholeBelow } from '@flover/workload';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { configFor, listedRun, plainRequest } from './requests.ts';

const MOST_OUTPUT_TOKENS = 60;
/** Where prompts matter as much as decode. */
const FEW_TOKENS = 16;
const REQUESTS_A_LANE = 4;
const PROMPT_LANES = 2;
const STAGGERED_TOKENS = { prompt: 8, output: 32 };
/** As real requests come: no multiple of an iteration, and soon enough that all lanes decode together. */
const STAGGER_NANOS = 7_000_000;
const LONGEST_PROMPT = 512;
/** Lanes, requests and output of long prompts: so that a run takes little more than a second. */
const LONG_LANES = [4, 8];
const LONG_REQUESTS = 8;
const FEWEST_LONG_OUTPUT = 4;
const MOST_LONG_OUTPUT = 16;
/** Sooner than a long prompt is done, so that parts of the device overlap that do not fit together. */
const LONG_STAGGER_NANOS = 40_000_000;
const TOKEN_BUDGETS = [
  { tokenBudget: 64, chunkAlignment: 16 },
  { tokenBudget: 256, chunkAlignment: 64 },
  { tokenBudget: 512, chunkAlignment: 128 },
] as const;

/** Requests of random lengths, all there from the start: the policy keeps the device busy. */
function randomRequests(
  reach: ProfileReach,
  seed: number,
  name: string,
  count: number,
  mostOutputTokens = MOST_OUTPUT_TOKENS,
): WorkloadRequest[] {
  const random = stream(seed, `profile/${name}`);
  const half = Math.floor(reach.maxContext / 2);
  return Array.from({ length: count }, (_, id) => {
    const prompt = 1 + wholeBelow(random, Math.min(half, LONGEST_PROMPT));
    const output = 2 + wholeBelow(random, Math.min(half - 1, mostOutputTokens));
    return plainRequest(id, prompt, output);
  });
}

/** Short prompts, one after another, that decode side by side. */
function staggeredRequests({ maxContext }: ProfileReach, count: number): WorkloadRequest[] {
  const prompt = Math.min(STAGGERED_TOKENS.prompt, Math.ceil(maxContext / 2));
  const output = Math.min(STAGGERED_TOKENS.output, maxContext - prompt);
  return Array.from({ length: count }, (_, id) =>
    plainRequest(id, prompt, output, STAGGER_NANOS * id),
  );
}

/** Prompts and decode rows in one work. */
export function mixedRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  return TOKEN_BUDGETS.map((parameters) => {
    const name = `prefill and decode in one work of ${parameters.tokenBudget} tokens`;
    const config = configFor(reach, 'chunked-prefill', parameters);
    return listedRun(name, config, randomRequests(reach, seed, name, reach.maxBatch + 4));
  });
}

/**
 * Several lanes at once: 2, 4, ... lanes that each prefill and decode a request of their own, the same
 * with short prompts one after another, so that lanes only decode, and decode beside two lanes of prompts.
 */
export function laneRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const { instances = 1 } = reach;
  const counts = new Set([instances]);
  for (let count = 2; count < instances; count *= 2) counts.add(count);
  const runs = [...counts]
    .filter((count) => count > 1)
    .sort((a, b) => a - b)
    .flatMap((count) => {
      const config = configFor(reach, 'concurrent-instances', { instances: count });
      const name = `${count} concurrent instances`;
      const requests = randomRequests(reach, seed, name, REQUESTS_A_LANE * count, FEW_TOKENS);
      return [
        listedRun(name, config, requests),
        listedRun(`${name}, staggered`, config, staggeredRequests(reach, count)),
      ];
    });
  if (instances <= PROMPT_LANES) return runs;
  const name = `decode beside ${PROMPT_LANES} lanes of prompts`;
  const config = configFor(reach, 'temporal-fusion', { prefillLanes: PROMPT_LANES });
  return [...runs, listedRun(name, config, randomRequests(reach, seed, name, reach.maxBatch))];
}

/**
 * 4 and all lanes whose prompts are long: each is given its part of the device while others hold theirs,
 * of which some were given when fewer had prompts. None where no prompt is long.
 */
export function longLaneRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const { instances = 1, maxContext } = reach;
  const longest = maxContext - MOST_LONG_OUTPUT;
  if (longest < 2 * LONGEST_PROMPT) return [];
  return LONG_LANES.map((lanes) => Math.min(lanes, instances))
    .filter((lanes, i, all) => lanes > 2 && all.indexOf(lanes) === i)
    .map((lanes) => {
      const name = `${lanes} concurrent instances, long prompts`;
      const random = stream(seed, `profile/${name}`);
      const requests = Array.from({ length: LONG_REQUESTS }, (_, id) => {
        const prompt = Math.ceil(longest / 3) + wholeBelow(random, Math.floor((2 * longest) / 3));
        const output =
          FEWEST_LONG_OUTPUT + wholeBelow(random, MOST_LONG_OUTPUT - FEWEST_LONG_OUTPUT);
        return plainRequest(id, prompt, output, LONG_STAGGER_NANOS * id);
      });
      const config = configFor(reach, 'concurrent-instances', { instances: lanes });
      return listedRun(name, config, requests);
    });
}

/** Slots that are moved so that the window stays contiguous. */
export function reorderingRun(reach: ProfileReach, seed: number): ProfileRun {
  const requests = randomRequests(reach, seed, 'reordering', 2 * reach.maxBatch + 4);
  const memory = { kind: 'contiguous', slots: reach.maxBatch, reordering: 'flover' } as const;
  const config = configFor(reach, 'temporal-fusion', {}, memory);
  return listedRun('reordering', config, requests);
}
