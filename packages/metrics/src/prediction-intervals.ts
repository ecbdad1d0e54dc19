import { CATALOG, type MetricKey, type MetricValues } from './catalog.ts';
import type {
  CellComparison,
  MetricSplit,
  PredictionIntervals,
  TenantIntervals,
} from './comparison.ts';
import { byName, TENANT_KEYS, type TenantSummary } from './tenants.ts';

/**
 * The range of each metric over m replications of a prediction, as a prediction interval.
 *
 * If a real run is one more draw from the same worlds as the replications, it comes to lie below all
 * of them, or above all, with a probability of 1 / (m + 1) each, whatever the metric's distribution:
 * the range holds it with a probability of (m - 1) / (m + 1). Metrics that are not defined in every
 * replication are left out. At least two replications.
 */
export function rangeIntervals(
  replications: readonly Partial<MetricValues>[],
): PredictionIntervals {
  const count = replications.length;
  if (count < 2) return {};
  const level = (count - 1) / (count + 1);
  const entries = CATALOG.flatMap(({ key }) => {
    const values = replications.flatMap((metrics) => metrics[key] ?? []);
    if (values.length < count) return [];
    return [[key, { low: Math.min(...values), high: Math.max(...values), level }] as const];
  });
  return Object.fromEntries(entries);
}

/** The same for each tenant; `replications` of one workload have the same tenants. */
export function tenantIntervals(
  replications: readonly (readonly TenantSummary[])[],
): TenantIntervals[] {
  const [first = []] = replications;
  return first.map(({ tenant }) => {
    const own = replications.flatMap(
      (tenants) => tenants.find((each) => each.tenant === tenant) ?? [],
    );
    return { tenant, intervals: rangeIntervals(own.map(({ values }) => values)) };
  });
}

/** How often measured values lay in their prediction intervals. */
export interface IntervalCoverage {
  /** Mean level that was claimed. */
  readonly level: number;
  readonly predicted: number;
  readonly covered: number;
  /** covered / predicted. */
  readonly share: number;
}

/** What a metric was, and where it was expected. */
export type Expected = Pick<MetricSplit, 'key' | 'real' | 'interval'>;

/**
 * Coverage over all metrics of some cells, or over one metric; null where nothing was predicted.
 *
 * Metrics whose interval is a single value, such as the number of requests, are left out: to be right
 * about what cannot be otherwise is no merit.
 */
export function intervalCoverage(
  splits: readonly (readonly Expected[])[],
  key?: MetricKey,
): IntervalCoverage | null {
  let predicted = 0;
  let covered = 0;
  let levels = 0;
  for (const split of splits.flat()) {
    const { interval, real } = split;
    if (interval === undefined || real === null || interval.low === interval.high) continue;
    if (key !== undefined && split.key !== key) continue;
    predicted++;
    levels += interval.level;
    if (real >= interval.low && real <= interval.high) covered++;
  }
  if (predicted === 0) return null;
  return { level: levels / predicted, predicted, covered, share: covered / predicted };
}

/** Coverage over one tenant's metrics. */
export interface TenantCoverage extends IntervalCoverage {
  /** Null: the requests that say none. */
  readonly tenant: string | null;
}

/** Coverage by tenant, by name, over all metrics of some cells; none where nothing was predicted. */
export function tenantCoverage(cells: readonly CellComparison[]): TenantCoverage[] {
  const all = cells.flatMap(expectedOfTenants);
  const names = [...new Set(all.map(({ tenant }) => tenant))].sort(byName);
  return names.flatMap((tenant) => {
    const own = all.filter((each) => each.tenant === tenant).map(({ expected }) => expected);
    const coverage = intervalCoverage(own);
    return coverage === null ? [] : [{ tenant, ...coverage }];
  });
}

/** What each tenant was predicted to have, and had, in one cell. */
function expectedOfTenants({ simulated, real }: CellComparison) {
  const measured = real?.metrics.tenants ?? [];
  return (simulated?.tenantIntervals ?? []).map(({ tenant, intervals }) => {
    const values = measured.find((each) => each.tenant === tenant)?.values;
    const expected = TENANT_KEYS.map((key): Expected => {
      const interval = intervals[key];
      return { key, real: values?.[key] ?? null, ...(interval && { interval }) };
    });
    return { tenant, expected };
  });
}
