import { stream, wholeBelow } from '@flover/workload';
import { type Probe, ProbeSource } from './probe-source.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';
import { configFor, plainRequest } from './requests.ts';

/** Prompts that are computed beside decode, one at a time. */
const LENGTHS = [8, 32, 64, 128, 256, 384, 512, 1024];
const REPEATS = 4;
/** The decode lane must still be busy when the last probe ends. */
const TOKENS_A_PROBE = 8;
const LONGEST_PAUSE_NANOS = 15_000_000;

/** Prefill beside decode: steady batches, met by prompts of each length at random moments. */
export function besideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const most = reach.maxBatch - 1;
  const batches = [...new Set([1, Math.ceil(most / 4), Math.ceil(most / 2), most])];
  return batches
    .filter((batch) => batch >= 1)
    .map((batch) => besideRun(reach, seed, batch, REPEATS));
}

/** One such run, shorter and with other moments. */
export function fewBesideRuns(reach: ProfileReach, seed: number): ProfileRun[] {
  const batch = Math.ceil((reach.maxBatch - 1) / 2);
  return batch < 1 ? [] : [besideRun(reach, seed + 1, batch, 1)];
}

function besideRun(reach: ProfileReach, seed: number, batch: number, repeats: number): ProfileRun {
  const probes = probesFor(reach, seed, batch, repeats);
  const tokens = Math.min(reach.maxContext - 4, TOKENS_A_PROBE * probes.length);
  const background = Array.from({ length: batch }, (_, id) => plainRequest(id, 4, tokens));
  return {
    name: `prefill beside ${batch} decoding`,
    config: configFor(reach, 'temporal-fusion', {}),
    source: () => new ProbeSource(background, probes),
  };
}

function probesFor(reach: ProfileReach, seed: number, batch: number, repeats: number): Probe[] {
  const random = stream(seed, `profile/beside/${batch}`);
  const lengths = LENGTHS.filter((length) => length < reach.maxContext);
  return Array.from({ length: repeats }, () => lengths)
    .flat()
    .map((promptTokens) => ({
      promptTokens,
      outputTokens: 1,
      pauseNanos: wholeBelow(random, LONGEST_PAUSE_NANOS),
    }));
}
