import { type Comparison, canonicalJson } from '@flover/metrics';
import { number } from '../marks/format.ts';
import { policiesOf } from './policies.ts';

/** What comparisons of one experiment differ in. */
export interface Varied {
  /** Dotted key within the workload or the limits, such as 'requests'. */
  readonly key: string;
  /** One a comparison; a policy meets each but once. */
  readonly values: readonly number[];
}

/**
 * The one number of the workload that differs from comparison to comparison.
 *
 * Undefined where no number tells all of them apart, or where anything else differs as well.
 */
export function variedOf(comparisons: readonly Comparison[]): Varied | undefined {
  const [whole] = seriesIn(comparisons);
  return whole?.comparisons.length === comparisons.length ? whole.varied : undefined;
}

/** Comparisons of three or more that differ in one number alone, the longest list of them. */
export function longestSeries(comparisons: readonly Comparison[]): Series | undefined {
  return seriesIn(comparisons).find((series) => series.comparisons.length > 2);
}

/** Comparisons in their order, with what tells them apart. */
export interface Series {
  readonly comparisons: readonly Comparison[];
  readonly varied: Varied;
}

/** Every list of comparisons of one model that are the same but for one number, the longest first. */
function seriesIn(comparisons: readonly Comparison[]): Series[] {
  const keys = new Set(comparisons.flatMap((one) => numbers(one.workload).map(([key]) => key)));
  const all = [...keys].flatMap((key) => {
    const groups = new Map<string, { comparison: Comparison; value: number }[]>();
    for (const comparison of comparisons) {
      const own = numbers(comparison.workload).find(([name]) => name === key);
      if (own === undefined) continue;
      const rest = canonicalJson([comparison.model.name, without(comparison.workload, key)]);
      groups.set(rest, [...(groups.get(rest) ?? []), { comparison, value: own[1] }]);
    }
    return [...groups.values()].flatMap((group): Series[] => {
      const values = group.map(({ value }) => value);
      if (new Set(values).size < 2 || !isFunction(group)) return [];
      return [{ comparisons: group.map((one) => one.comparison), varied: { key, values } }];
    });
  });
  return all.sort((a, b) => b.comparisons.length - a.comparisons.length);
}

/** Does each policy have no more than one comparison at each value? */
function isFunction(group: readonly { comparison: Comparison; value: number }[]): boolean {
  const points = group.flatMap(({ comparison, value }) =>
    policiesOf(comparison).map(({ label }) => `${value} ${label}`),
  );
  return new Set(points).size === points.length;
}

/** A workload as its leaves, but for one of them. */
function without(workload: Comparison['workload'], key: string): Record<string, unknown> {
  return Object.fromEntries(leaves(workload, '').filter(([name]) => name !== key));
}

function numbers(workload: Comparison['workload']): [string, number][] {
  return leaves(workload, '').flatMap(([key, value]): [string, number][] =>
    typeof value === 'number' ? [[key, value]] : [],
  );
}

function leaves(value: Readonly<Record<string, unknown>>, prefix: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const isLeaf = inner === null || typeof inner !== 'object' || Array.isArray(inner);
    if (isLeaf) return [[`${prefix}${name}`, inner]];
    return leaves(inner as Readonly<Record<string, unknown>>, `${prefix}${name}.`);
  });
}

/** A quantity that is varied, in words. */
export interface Quantity {
  readonly name: string;
  /** '' where the name says it. */
  readonly unit: string;
}

/** Names of keys that are no words of their own. */
const NAMES: Readonly<Record<string, string>> = {
  scaleRateBy: 'times the recorded rate',
  shape: 'model',
};

/** A key in words: 'arrivals.meanIntervalMs' is the mean interval in ms. */
export function quantityOf(key: string): Quantity {
  const last = key.split('.').at(-1)!;
  if (NAMES[last] !== undefined) return { name: NAMES[last], unit: '' };
  const words = last.replace(/([A-Z])/g, (capital) => ` ${capital.toLowerCase()}`).trim();
  const unit = / (ms|seconds|bytes|tokens)$/.exec(words)?.[1];
  return unit ? { name: words.slice(0, -unit.length - 1), unit } : { name: words, unit: '' };
}

/** Such as "mean interval, ms". */
export function axisTitle({ name, unit }: Quantity): string {
  return unit === '' ? name : `${name}, ${unit}`;
}

/** Such as "32 requests", "a mean interval of 500 ms" or "2 times the recorded rate". */
export function amount(value: number, { name, unit }: Quantity): string {
  if (unit !== '')
    return `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name} of ${number(value)} ${unit}`;
  if (name.startsWith('times')) {
    return value === 1 ? name.replace(/^times /, '') : `${number(value)} ${name}`;
  }
  if (!name.startsWith('requests')) return `${name} ${number(value)}`;
  return `${number(value)} ${value === 1 ? name.replace(/^requests/, 'request') : name}`;
}
