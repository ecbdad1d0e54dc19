import type { Comparison } from '@flover/metrics';
import { number } from '../marks/format.ts';

/** What comparisons of one experiment differ in. */
export interface Varied {
  /** Dotted key within the workload or the limits, such as 'requests'. */
  readonly key: string;
  /** One a comparison, all different. */
  readonly values: readonly number[];
}

/**
 * The one number of the workload that differs from comparison to comparison.
 *
 * Undefined where nothing numeric tells all of them apart.
 */
export function variedOf(comparisons: readonly Comparison[]): Varied | undefined {
  const rows = comparisons.map(({ workload }) => new Map(numbers(workload, '')));
  for (const key of rows[0]?.keys() ?? []) {
    const values = rows.flatMap((row) => row.get(key) ?? []);
    if (values.length === rows.length && new Set(values).size === rows.length) {
      return { key, values };
    }
  }
  return undefined;
}

function numbers(value: Readonly<Record<string, unknown>>, prefix: string): [string, number][] {
  return Object.entries(value).flatMap(([name, inner]): [string, number][] => {
    if (typeof inner === 'number') return [[`${prefix}${name}`, inner]];
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return [];
    return numbers(inner as Readonly<Record<string, unknown>>, `${prefix}${name}.`);
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
  if (name.startsWith('times')) return `${number(value)} ${name}`;
  if (!name.startsWith('requests')) return `${name} ${number(value)}`;
  return `${number(value)} ${value === 1 ? name.replace(/^requests/, 'request') : name}`;
}
