import { type MetricKey, metricDefinition, type TenantKey } from '@flover/metrics';

/** A metric as a column of a table. */
export interface ShownMetric {
  readonly key: MetricKey;
  readonly title: string;
  /** After the point; missing where the values themselves say how many make sense. */
  readonly digits?: number;
}

/** What tables show of each policy, in order: metric, heading, digits. */
const SHOWN: readonly Required<ShownMetric>[] = (
  [
    ['ttftMsP50', 'TTFT p50 ms', 1],
    ['ttftMsP99', 'TTFT p99 ms', 1],
    ['tpotMsP50', 'TPOT p50 ms', 2],
    ['tpotMsP99', 'TPOT p99 ms', 2],
    ['e2eMsP50', 'E2E p50 ms', 0],
    ['e2eMsP99', 'E2E p99 ms', 0],
    ['generatedTokensPerSecond', 'tokens/s', 0],
    ['iterations', 'iterations', 0],
    ['activeRequestsMean', 'mean overlap', 2],
    ['hostMicrosP99', 'host p99 us', 0],
  ] as const
).map(([key, title, digits]) => ({ key, title, digits }));

/** What tables show beside these where requests have objectives. */
const OF_OBJECTIVES: readonly Required<ShownMetric>[] = (
  [
    ['e2eMsMean', 'E2E mean ms', 0],
    ['goodputRequestsPerSecond', 'goodput/s', 2],
    ['sloShare', 'SLO met', 3],
  ] as const
).map(([key, title, digits]) => ({ key, title, digits }));

/** What tables show beside these where there are several tenants. */
const OF_TENANTS: Required<ShownMetric> = {
  key: 'serviceGapTokens',
  title: 'largest service gap',
  digits: 0,
};

/** What tables show where nobody chooses; `judged`: requests have objectives, all or some. */
export function usualMetrics(
  judged: boolean,
  severalTenants: boolean,
): readonly Required<ShownMetric>[] {
  return [...SHOWN, ...(judged ? OF_OBJECTIVES : []), ...(severalTenants ? [OF_TENANTS] : [])];
}

/** How tables call a tenant; requests that say none have no name. */
export function tenantName(tenant: string | null): string {
  return tenant ?? '(none)';
}

/** What tables show of each tenant, in order. */
export const OF_A_TENANT: readonly (Required<ShownMetric> & { readonly key: TenantKey })[] = (
  [
    ['requestsArrived', 'requests', 0],
    ['ttftMsMean', 'TTFT mean ms', 0],
    ['ttftMsP99', 'TTFT p99 ms', 0],
    ['tpotMsMean', 'TPOT mean ms', 2],
    ['tpotMsP99', 'TPOT p99 ms', 2],
    ['e2eMsMean', 'E2E mean ms', 0],
    ['e2eMsP99', 'E2E p99 ms', 0],
    ['serviceTokens', 'service tokens', 0],
    ['goodputRequestsPerSecond', 'goodput/s', 2],
    ['sloShare', 'SLO met', 3],
  ] as const
).map(([key, title, digits]) => ({ key, title, digits }));

/** A metric that somebody chose, by the name and unit that the catalogue gives it. */
export function chosenMetric(key: MetricKey): ShownMetric {
  const { label, unit } = metricDefinition(key)!;
  if (unit === 'share') return { key, title: label, digits: 3 };
  return { key, title: unit === 'count' ? label : `${label} ${unit}` };
}

/** So many digits after the point that the largest of some values shows three of its own. */
export function digitsFor(values: readonly number[]): number {
  const largest = Math.max(...values.map(Math.abs), 0);
  return largest === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}
