import { stream, type WorkloadRequest, wholeBelow } from '@flover/workload';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { configFor, listedRun, plainRequest } from './requests.ts';

const MOST_OUTPUT_TOKENS = 60;
const LONGEST_PROMPT = 512;
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
): WorkloadRequest[] {
  const random = stream(seed, `profile/${name}`);
  const half = Math.floor(reach.maxContext / 2);
  return Array.from({ length: count }, (_, id) => {
    const prompt = 1 + wholeBelow(random, Math.min(half, LONGEST_PROMPT));
    const output = 2 + wholeBelow(random, Math.min(half - 1, MOST_OUTPUT_TOKENS));
    return plainRequest(id, prompt, output);
  });
}

/** Prompts and decode rows in one work. */
export function mixedRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  return TOKEN_BUDGETS.map((parameters) => {
    const name = `prefill and decode in one work of ${parameters.tokenBudget} tokens`;
    const config = configFor(reach, 'chunked-prefill', parameters);
    return listedRun(name, config, randomRequests(reach, seed, name, reach.maxBatch + 4));
  });
}

/** Decode beside decode, each lane with a request of its own. */
export function instancesRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const { instances = 1 } = reach;
  if (instances === 1) return [];
  const counts = new Set([2, Math.ceil(instances / 2), instances]);
  return [...counts]
    .filter((count) => count > 1)
    .map((count) => {
      const config = configFor(reach, 'concurrent-instances', { instances: count });
      const requests = randomRequests(reach, seed, 'instances', 2 * count);
      return listedRun(`${count} concurrent instances`, config, requests);
    });
}

/** Slots that are moved so that the window stays contiguous. */
export function reorderingRun(reach: ProfileReach, seed: number): ProfileRun {
  const requests = randomRequests(reach, seed, 'reordering', 2 * reach.maxBatch + 4);
  const memory = { kind: 'contiguous', slots: reach.maxBatch, reordering: 'flover' } as const;
  const config = configFor(reach, 'temporal-fusion', {}, memory);
  return listedRun('reordering', config, requests);
}
