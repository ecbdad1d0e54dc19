import { CATALOG, type MetricKey, type MetricValues } from './catalog.ts';
import { studentInterval } from './intervals.ts';

/** A metric over independent replications. */
export interface Estimate {
  /** Mean over the replications in which the metric is defined. */
  readonly estimate: number;
  /** Ends of the 95 % confidence interval of the mean; null for a single replication. */
  readonly low: number | null;
  readonly high: number | null;
  /** Replications in which the metric is defined. */
  readonly count: number;
}

/** The estimate of every metric; null where no replication defines it. */
export type MetricEstimates = Readonly<Record<MetricKey, Estimate | null>>;

/** Estimates of every metric from independent replications. */
export function estimateMetrics(runs: readonly MetricValues[]): MetricEstimates {
  const estimates = CATALOG.map(({ key }) => [key, estimateOf(runs.map((run) => run[key]))]);
  return Object.fromEntries(estimates) as MetricEstimates;
}

/** The mean of a metric over the replications that define it; null where none does. */
export function estimateOf(values: readonly (number | null)[]): Estimate | null {
  // A sweep that goes on may hold results from before a metric was there: neither null nor a number.
  const defined = values.filter((value) => typeof value === 'number');
  if (defined.length === 0) return null;
  const interval = studentInterval(defined);
  if (interval === null) return { estimate: defined[0]!, low: null, high: null, count: 1 };
  const { estimate, low, high, count } = interval;
  return { estimate, low, high, count };
}
