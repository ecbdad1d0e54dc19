import { CATALOG, type MetricDefinition, type MetricValues } from './catalog.ts';

/** The error of one predicted metric, in two parts that add up to it. */
export interface ErrorSplit {
  readonly metric: MetricDefinition;
  readonly simulated: number | null;
  /** The real run's decisions with predicted durations. */
  readonly replayed: number | null;
  readonly real: number | null;
  /** simulated - real = divergence + costModel, in the metric's unit. */
  readonly total: number | null;
  /** simulated - replayed: what other decisions cost. */
  readonly divergence: number | null;
  /** replayed - real: what wrong durations cost. */
  readonly costModel: number | null;
}

/** Splits the error of every metric; null where one of the three runs does not define it. */
export function splitErrors(
  simulated: MetricValues,
  replayed: MetricValues,
  real: MetricValues,
): ErrorSplit[] {
  return CATALOG.map((metric) => {
    const [s, p, r] = [simulated[metric.key], replayed[metric.key], real[metric.key]];
    return {
      metric,
      simulated: s,
      replayed: p,
      real: r,
      total: difference(s, r),
      divergence: difference(s, p),
      costModel: difference(p, r),
    };
  });
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}
