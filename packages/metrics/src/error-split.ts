import { CATALOG, type MetricDefinition, type MetricKey } from './catalog.ts';

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

/** The metrics of a run, or of the requests of one of its tenants. */
type SomeValues = Readonly<Partial<Record<MetricKey, number | null>>>;

/**
 * Splits the error of every metric that `simulated` tells of; null where one of the three runs does
 * not define it.
 */
export function splitErrors(
  simulated: SomeValues,
  replayed: SomeValues,
  real: SomeValues,
): ErrorSplit[] {
  return CATALOG.filter(({ key }) => key in simulated).map((metric) => {
    const [s, p, r] = [simulated, replayed, real].map((values) => values[metric.key] ?? null);
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
