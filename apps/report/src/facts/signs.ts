import { invariant } from '@flover/policy';
import type { Experiment, Signs } from '../data/site-data.ts';
import { SIGN_COUNT, signAt } from '../marks/symbols.ts';
import { policiesOf } from './policies.ts';
import { runLabel } from './run-facts.ts';

/** The policies of the house; each has the same sign on every site. */
export const BUILT_IN: readonly string[] = [
  'temporal-fusion',
  'continuous-batching',
  'chunked-prefill',
  'dynamic-batching',
  'static-batching',
  'concurrent-instances',
  'sequential',
];

/** One sign a label on a whole site. */
export function signsOf(experiments: readonly Experiment[]): Signs {
  return signsAmong(
    experiments.flatMap(({ comparisons, sweeps, runs }) => [
      comparisons.flatMap(({ value }) => policiesOf(value).map(({ label }) => label)),
      ...sweeps.map(({ value }) => value.labels),
      runs.map(({ value }) => runLabel(value)),
    ]),
  );
}

/**
 * One sign a label, where labels of one group may stand in one figure.
 *
 * Labels that are no policy of the house take theirs in order of name: a sign that nobody has, of the
 * colour, then the pair of colour and stem, then the shape that they meet least often. Where there are more labels than signs, those
 * that never meet share one first.
 */
export function signsAmong(groups: readonly (readonly string[])[]): Signs {
  const signs = new Map(BUILT_IN.map((label, sign) => [label, sign]));
  const sets = groups.map((group) => new Set(group));
  const others = new Set(groups.flat().filter((label) => !signs.has(label)));
  for (const label of [...others].sort((a, b) => (a < b ? -1 : 1))) {
    const met = sets.filter((group) => group.has(label)).flatMap((group) => [...group]);
    const known = (name: string) => signs.get(name) ?? [];
    signs.set(label, freest(met.flatMap(known), [...signs.values()]));
  }
  return (label) => {
    const sign = signs.get(label);
    invariant(sign !== undefined, `the policy ${label} has no sign: it is in no group`);
    return sign;
  };
}

/** The first of the signs that are told apart best from those that are met, and from all. */
function freest(met: readonly number[], all: readonly number[]): number {
  const count = (signs: readonly number[], is: (sign: number) => boolean) =>
    signs.filter(is).length;
  const cost = (sign: number) => {
    const { colour, shape, stemmed } = signAt(sign);
    const alike = (other: number) => signAt(other).colour === colour;
    return [
      count(met, (other) => other === sign),
      count(all, (other) => other === sign),
      count(met, alike),
      count(met, (other) => alike(other) && signAt(other).stemmed === stemmed),
      count(met, (other) => signAt(other).shape === shape),
    ];
  };
  let best = 0;
  let least = cost(best);
  for (let sign = 1; sign < SIGN_COUNT; sign++) {
    const own = cost(sign);
    const at = own.findIndex((part, i) => part !== least[i]);
    if (at >= 0 && own[at]! < least[at]!) [best, least] = [sign, own];
  }
  return best;
}
