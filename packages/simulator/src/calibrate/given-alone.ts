import type { GivenAlone, Interference } from '../cost-models/interference.ts';
import { type Phases, rowsNanos } from '../cost-models/profile-rows.ts';
import { lowest } from '../fit/lowest.ts';
import { PASS_TOKENS, promptFeatures } from '../work-features.ts';
import type { Pairs } from './pairs.ts';
import type { Sample } from './samples.ts';
import { besideNanos } from './spans.ts';

const LARGEST_BURDEN = 8;

/** Where it was never seen, prompts that are given alone are as all others. */
export function asAllOthers(phases: Phases): GivenAlone {
  const nanos = (tokens: number) => rowsNanos(phases, promptFeatures(tokens));
  return {
    passNanos: Math.max(0, nanos(PASS_TOKENS)),
    leastNanos: Math.max(0, nanos(1)),
    prefillRelief: 0,
    decodeBurden: 0,
  };
}

/** How much less prompts that were given alone lose, and decode beside them more: `GivenAlone`. */
export function fitGivenAlone(
  { prefills, decodes }: Pairs,
  found: Interference,
  phases: Phases,
): GivenAlone {
  const none = asAllOthers(phases);
  const error = (samples: readonly Sample[], givenAlone: GivenAlone) => {
    const tried = { ...found, givenAlone };
    return samples.reduce(
      (sum, s) => sum + Math.abs(besideNanos(s, phases, tried) / s.rowsNanos - 1),
      0,
    );
  };
  const best = (samples: readonly Sample[], of: keyof GivenAlone, most: number) =>
    samples.length === 0 ? 0 : lowest((value) => error(samples, { ...none, [of]: value }), 0, most);
  return {
    ...none,
    prefillRelief: best(prefills, 'prefillRelief', 1),
    decodeBurden: best(decodes, 'decodeBurden', LARGEST_BURDEN),
  };
}
