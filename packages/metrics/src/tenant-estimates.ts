import { type Estimate, estimateOf } from './estimates.ts';
import { byName, TENANT_KEYS, type TenantKey, type TenantSummary } from './tenants.ts';

/** What replications tell of one tenant; null where none defines a metric. */
export interface TenantEstimates {
  /** Null: the requests that say none. */
  readonly tenant: string | null;
  readonly metrics: Readonly<Record<TenantKey, Estimate | null>>;
}

/** The estimates of every tenant of some replications, by name. */
export function estimateTenants(runs: readonly (readonly TenantSummary[])[]): TenantEstimates[] {
  const names = [...new Set(runs.flat().map(({ tenant }) => tenant))].sort(byName);
  return names.map((name) => {
    const own = runs.flat().filter(({ tenant }) => tenant === name);
    const estimates = TENANT_KEYS.map((key) => [
      key,
      estimateOf(own.map(({ values }) => values[key])),
    ]);
    return { tenant: name, metrics: Object.fromEntries(estimates) as TenantEstimates['metrics'] };
  });
}
