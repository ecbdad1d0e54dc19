import { CATALOG, type MetricKey, type MetricValues } from './catalog.ts';
import { type Estimate, estimateOf } from './estimates.ts';

/**
 * A policy's metric less the baseline's, seed by seed: both met the same requests, so what seeds
 * differ in cancels. The interval is Student's, of the mean of the differences.
 */
export interface Difference extends Estimate {
  /** Seeds in which the policy's value is the smaller one, and in which it is the larger one. */
  readonly below: number;
  readonly above: number;
}

/** The difference of every metric; null where no seed defines both values. */
export type MetricDifferences = Readonly<Record<MetricKey, Difference | null>>;

/** Differences of a policy from a baseline over the seeds that both have, by seed. */
export function pairedDifferences(
  policy: ReadonlyMap<number, MetricValues>,
  baseline: ReadonlyMap<number, MetricValues>,
): MetricDifferences {
  return differencesIn(
    policy,
    baseline,
    CATALOG.map(({ key }) => key),
  );
}

/** The same of some metrics. */
export function differencesIn<Key extends MetricKey>(
  policy: ReadonlyMap<number, Values<Key>>,
  baseline: ReadonlyMap<number, Values<Key>>,
  keys: readonly Key[],
): Readonly<Record<Key, Difference | null>> {
  const pairs = [...policy].flatMap(([seed, ours]) => {
    const theirs = baseline.get(seed);
    return theirs === undefined ? [] : [[ours, theirs] as const];
  });
  const entries = keys.map((key) => [key, differenceIn(pairs, key)]);
  return Object.fromEntries(entries) as Record<Key, Difference | null>;
}

type Values<Key extends MetricKey> = Readonly<Record<Key, number | null>>;

function differenceIn<Key extends MetricKey>(
  pairs: readonly (readonly [Values<Key>, Values<Key>])[],
  key: Key,
): Difference | null {
  const differences = pairs.flatMap(([{ [key]: ours }, { [key]: theirs }]) =>
    // Results from before a metric was there have neither null nor a number.
    typeof ours === 'number' && typeof theirs === 'number' ? [ours - theirs] : [],
  );
  const estimate = estimateOf(differences);
  if (estimate === null) return null;
  return {
    ...estimate,
    below: differences.filter((difference) => difference < 0).length,
    above: differences.filter((difference) => difference > 0).length,
  };
}
