import { type Estimate, estimateOf } from './estimates.ts';
import { type Difference, differencesIn } from './paired-differences.ts';
import {
  byName,
  TENANT_KEYS,
  type TenantKey,
  type TenantSummary,
  type TenantValues,
} from './tenants.ts';

/** What replications tell of one tenant; null where none defines a metric. */
export interface TenantEstimates {
  /** Null: the requests that say none. */
  readonly tenant: string | null;
  readonly metrics: Readonly<Record<TenantKey, Estimate | null>>;
  /** From the same tenant under the baseline, seed by seed; missing for the baseline itself. */
  readonly differences?: Readonly<Record<TenantKey, Difference | null>>;
}

/** The tenants of the runs of one policy, by seed. */
export type TenantsBySeed = ReadonlyMap<number, readonly TenantSummary[]>;

/** The estimates of every tenant, by name; beside those of a baseline also the differences from it. */
export function estimateTenants(
  policy: TenantsBySeed,
  baseline?: TenantsBySeed,
): TenantEstimates[] {
  const names = new Set([...policy.values()].flat().map(({ tenant }) => tenant));
  return [...names].sort(byName).map((tenant) => {
    const own = valuesOf(policy, tenant);
    const estimates = TENANT_KEYS.map((key) => [
      key,
      estimateOf([...own.values()].map((values) => values[key])),
    ]);
    const metrics = Object.fromEntries(estimates) as TenantEstimates['metrics'];
    if (baseline === undefined) return { tenant, metrics };
    const differences = differencesIn(own, valuesOf(baseline, tenant), TENANT_KEYS);
    return { tenant, metrics, differences };
  });
}

/** What the runs tell of one tenant, by seed. */
function valuesOf(runs: TenantsBySeed, name: string | null): Map<number, TenantValues> {
  const own = [...runs].flatMap(([seed, tenants]) => {
    const values = tenants.find(({ tenant }) => tenant === name)?.values;
    return values === undefined ? [] : [[seed, values] as const];
  });
  return new Map(own);
}
