import { CATALOG, type Latency, type LatencyKey, type ScalarKey } from './catalog.ts';
import type { MetricsCollector } from './collector.ts';
import { requestLatencies } from './latency.ts';
import { STATISTICS } from './quantile.ts';
import { type RequestMetrics, requestsOfTenant } from './requests.ts';
import { goodput, makespanNanos, ratio, requestCounts } from './throughput.ts';

/** Latencies that are told of each tenant. */
const TENANT_LATENCIES = [
  'ttft',
  'tpot',
  'e2e',
  'normalisedLatency',
] as const satisfies readonly Latency[];

/** Other metrics that are told of each tenant. */
const TENANT_SCALARS = [
  'requestsArrived',
  'requestsServed',
  'requestsRefused',
  'requestsCancelled',
  'requestsUnfinished',
  'requestsPerSecond',
  'generatedTokens',
  'generatedTokensPerSecond',
  'serviceTokens',
  'goodputRequestsPerSecond',
  'sloShare',
] as const satisfies readonly ScalarKey[];

type TenantLatency = Extract<
  LatencyKey,
  `${(typeof TENANT_LATENCIES)[number]}Ms${(typeof STATISTICS)[number]}`
>;
export type TenantKey = TenantLatency | (typeof TENANT_SCALARS)[number];

/** The metrics that are told of each tenant, in the order of the catalogue; defined as there. */
export const TENANT_KEYS: readonly TenantKey[] = CATALOG.map(({ key }) => key).filter(
  (key): key is TenantKey => {
    const latency = /^(\w+)Ms[A-Z]/.exec(key)?.[1] ?? '';
    return [...TENANT_LATENCIES, ...TENANT_SCALARS].includes((latency || key) as never);
  },
);

/** The value of every metric that is told of a tenant. */
export type TenantValues = Readonly<Record<TenantKey, number | null>>;

/** The requests of one tenant; rates are over the makespan of the whole run. */
export interface TenantSummary {
  /** Null: the requests that say none. */
  readonly tenant: string | null;
  readonly values: TenantValues;
}

/** A summary for each tenant of the window, by name; nothing where no request says one. */
export function tenantSummaries(
  collector: MetricsCollector,
  requests: RequestMetrics,
): TenantSummary[] {
  const { tenants } = collector.requests;
  if (collector.service === undefined) return [];
  return tenants
    .map((tenant, index) => ({ tenant: tenant ?? null, index }))
    .sort((a, b) => byName(a.tenant, b.tenant))
    .map(({ tenant, index }) => ({ tenant, values: valuesOf(collector, requests, index) }));
}

/** By name, those without one last. */
export function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function valuesOf(collector: MetricsCollector, all: RequestMetrics, index: number): TenantValues {
  const requests = requestsOfTenant(all, index);
  const counts = requestCounts(requests);
  const seconds = makespanNanos(collector) / 1e9;
  const tokens = collector.service?.tenants[index];
  const latencies = requestLatencies(requests);
  const { generatedTokens = 0, serviceTokens = 0 } = tokens ?? {};
  return {
    ...Object.fromEntries(
      TENANT_LATENCIES.flatMap((name) =>
        STATISTICS.map((statistic) => [`${name}Ms${statistic}`, latencies[name][statistic]]),
      ),
    ),
    ...counts,
    requestsPerSecond: ratio(counts.requestsServed, seconds),
    generatedTokens,
    generatedTokensPerSecond: ratio(generatedTokens, seconds),
    serviceTokens,
    ...goodput(collector, requests),
  } as TenantValues;
}
