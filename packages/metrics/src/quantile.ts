import { quantileSorted } from 'simple-statistics';
import type { Histogram } from './histogram.ts';

/** What is told of a latency: milliseconds. */
export const STATISTICS = ['Mean', 'P50', 'P90', 'P95', 'P99', 'Max'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Each statistic, or null where there is no value. */
export type Distribution = Readonly<Record<Statistic, number | null>>;

const PROBABILITIES: readonly (readonly [Statistic, number])[] = [
  ['P50', 0.5],
  ['P90', 0.9],
  ['P95', 0.95],
  ['P99', 0.99],
];

/**
 * Exact quantile of values in ascending order: linear between the two nearest order statistics.
 *
 * Definition 7 of Hyndman and Fan (1996), as in R and NumPy: with h = (n - 1) p, the value is
 * x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]), indices from 0. `sorted` not empty.
 */
export function quantile(sorted: ArrayLike<number>, probability: number): number {
  // The library reads only `length` and indices, so a typed array does as well as an array.
  return quantileSorted(sorted as number[], probability);
}

/** Distribution of `values`, each divided by `divisor`; sorts `values` in place. */
export function distribution(values: Float64Array, divisor = 1): Distribution {
  const result = emptyDistribution();
  if (values.length === 0) return result;
  values.sort();
  let sum = 0;
  for (const value of values) sum += value;
  result.Mean = sum / values.length / divisor;
  for (const [name, p] of PROBABILITIES) result[name] = quantile(values, p) / divisor;
  result.Max = values[values.length - 1]! / divisor;
  return result;
}

/** The same from a histogram: quantiles within its error, mean and largest exact. */
export function histogramDistribution(histogram: Histogram, divisor = 1): Distribution {
  const result = emptyDistribution();
  if (histogram.count === 0) return result;
  result.Mean = histogram.sum / histogram.count / divisor;
  for (const [name, p] of PROBABILITIES) result[name] = histogram.quantile(p) / divisor;
  result.Max = histogram.max / divisor;
  return result;
}

function emptyDistribution(): Record<Statistic, number | null> {
  return { Mean: null, P50: null, P90: null, P95: null, P99: null, Max: null };
}
