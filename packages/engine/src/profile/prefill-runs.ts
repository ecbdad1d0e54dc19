import { stream } from '@flover/workload';
import { type Probe, ProbeSource } from './probe-source.ts';
import { type ProfileReach, type ProfileRun, promptLengths } from './reach.ts';
import { configFor, listedRun, plainRequest } from './requests.ts';

const REPEATS = 3;
/** Prompts in one prefill, and how many tokens they have together. */
const FUSED_PROMPTS = [2, 4, 8, 16];
const FUSED_TOKENS = [64, 256, 512];
/** One of each tile, alone after a pause and without one. */
const COOL_TOKENS = [16, 112, 240, 304, 368, 432, 496, 752, 1008];
/** Fewer lengths warm no device. */
const FEWEST_COOL = 4;
const COOLING_NANOS = 80_000_000;
const IDLE_PROBES = 5;
const IDLE_NANOS = 100_000_000;

/** Prompts alone over their length, each on an idle device: host latency is measured with them. */
export function prefillRun(reach: ProfileReach, repeats = REPEATS): ProfileRun {
  return promptsAlone(reach, 'prefill', promptLengths(reach.maxContext - 1), repeats);
}

/** The prompts that shorter slots, of so many tokens, have no room for; none where there are none. */
export function longPrefillRun(reach: ProfileReach, shorter: number): ProfileRun[] {
  const lengths = promptLengths(reach.maxContext - 1).filter((length) => length >= shorter);
  if (lengths.length === 0) return [];
  // Once more than here they come in the run that is made again.
  return [promptsAlone(reach, 'prefill of long prompts', lengths, REPEATS - 1)];
}

function promptsAlone(
  reach: ProfileReach,
  name: string,
  lengths: readonly number[],
  repeats: number,
): ProfileRun {
  const requests = Array.from({ length: repeats }, () => lengths)
    .flat()
    .map((length, id) => plainRequest(id, length, 1));
  return listedRun(name, configFor(reach, 'sequential', {}), requests);
}

/**
 * Prompts alone, some after a pause and some right after another, in no order: a device that is cool
 * takes less for them than one that is warm, whatever their length. None where none is long enough.
 */
export function coolPrefillRun(reach: ProfileReach, seed: number): ProfileRun[] {
  const random = stream(seed, 'profile/cool prompts');
  const lengths = COOL_TOKENS.filter((length) => length < reach.maxContext);
  if (lengths.length < FEWEST_COOL) return [];
  const probes: Probe[] = [...lengths, ...lengths]
    .map((promptTokens, i) => ({ promptTokens, cools: i < lengths.length, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ promptTokens, cools }) => ({
      promptTokens,
      outputTokens: 1,
      pauseNanos: cools ? COOLING_NANOS : 0,
    }));
  const run: ProfileRun = {
    name: 'prompts after pauses',
    config: configFor(reach, 'temporal-fusion', {}),
    source: () => new ProbeSource([], probes),
  };
  return [run];
}

/** Several prompts in one prefill. */
export function fusedPrefillRuns(reach: ProfileReach): ProfileRun[] {
  return FUSED_PROMPTS.filter((prompts) => prompts <= reach.maxBatch).flatMap((prompts) => {
    const config = configFor(reach, 'dynamic-batching', {
      maxBatchSize: prompts,
      windowMs: 10_000,
    });
    const lengths = FUSED_TOKENS.map((tokens) => Math.floor(tokens / prompts)).filter(
      (length) => length < reach.maxContext,
    );
    if (lengths.length === 0) return [];
    const requests = lengths
      .flatMap((length) => new Array<number>(prompts).fill(length))
      .map((length, id) => plainRequest(id, length, 1));
    return listedRun(`${prompts} prompts in one prefill`, config, requests);
  });
}

/** A request now and then: what the first iterations after a pause take. */
export function idleRun(reach: ProfileReach): ProfileRun {
  const promptTokens = Math.min(8, reach.maxContext - 3);
  const probe: Probe = { promptTokens, outputTokens: 3, pauseNanos: IDLE_NANOS };
  const probes = new Array<Probe>(IDLE_PROBES).fill(probe);
  return {
    name: 'after a pause',
    config: configFor(reach, 'temporal-fusion', {}),
    source: () => new ProbeSource([], probes),
  };
}
