import { stream, wholeBelow } from '@flover/workload';
import { type Probe, ProbeSource } from './probe-source.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { configFor, plainRequest } from './requests.ts';

/** Prompts that are computed beside decode, one at a time. */
const LENGTHS = [8, 32, 64, 128, 256, 384, 512, 1024];
const REPEATS = 4;
/** The decode lane must still be busy when the last probe ends. */
const TOKENS_A_PROBE = 14;
const LONGEST_PAUSE_NANOS = 15_000_000;

/** Prefill beside decode: steady batches, met by prompts of each length at random moments. */
export function besideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const most = reach.maxBatch - 1;
  const batches = [...new Set([1, Math.ceil(most / 4), Math.ceil(most / 2), most])];
  return batches
    .filter((batch) => batch >= 1)
    .map((batch) => {
      const probes = probesFor(reach, seed, batch);
      const tokens = Math.min(reach.maxContext - 4, TOKENS_A_PROBE * probes.length);
      const background = Array.from({ length: batch }, (_, id) => plainRequest(id, 4, tokens));
      return {
        name: `prefill beside ${batch} decoding`,
        config: configFor(reach, 'temporal-fusion', {}),
        source: () => new ProbeSource(background, probes),
      };
    });
}

function probesFor(reach: ProfileReach, seed: number, batch: number): Probe[] {
  const random = stream(seed, `profile/beside/${batch}`);
  const lengths = LENGTHS.filter((length) => length < reach.maxContext);
  return Array.from({ length: REPEATS }, () => lengths)
    .flat()
    .map((promptTokens) => ({
      promptTokens,
      outputTokens: 1,
      pauseNanos: wholeBelow(random, LONGEST_PAUSE_NANOS),
    }));
}
