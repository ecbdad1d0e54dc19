import type { CellRun, MetricSplit, TenantSplit } from './comparison.ts';
import { splitErrors } from './error-split.ts';
import type { MetricsSummary } from './summary.ts';

/** The errors of a simulated run in their two parts, with where the real values were expected. */
export function metricSplits(
  { metrics, intervals = {} }: Pick<CellRun, 'metrics' | 'intervals'>,
  replayed: MetricsSummary,
  real: MetricsSummary,
): MetricSplit[] {
  return withIntervals(splitErrors(metrics.values, replayed.values, real.values), intervals);
}

/** The same of each tenant that all three runs have, in the order of the simulated one. */
export function tenantSplits(
  { metrics, tenantIntervals = [] }: Pick<CellRun, 'metrics' | 'tenantIntervals'>,
  replayed: MetricsSummary,
  real: MetricsSummary,
): TenantSplit[] {
  return (metrics.tenants ?? []).flatMap(({ tenant, values }) => {
    const [theirs, measured] = [replayed, real].map(
      ({ tenants = [] }) => tenants.find((each) => each.tenant === tenant)?.values,
    );
    if (theirs === undefined || measured === undefined) return [];
    const known = tenantIntervals.find((each) => each.tenant === tenant)?.intervals ?? {};
    return [{ tenant, split: withIntervals(splitErrors(values, theirs, measured), known) }];
  });
}

function withIntervals(
  splits: ReturnType<typeof splitErrors>,
  intervals: NonNullable<CellRun['intervals']>,
): MetricSplit[] {
  return splits.map(({ metric: { key }, ...values }) => {
    const interval = intervals[key];
    return { key, ...values, ...(interval && { interval }) };
  });
}
