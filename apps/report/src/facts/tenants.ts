import {
  type Comparison,
  type PredictionInterval,
  TENANT_KEYS,
  type TenantKey,
} from '@flover/metrics';
import { meanOf, type PolicyFacts, type Side } from './policies.ts';

/** A tenant as results name it; null: the requests that say none. */
export type Tenant = string | null;

/** How pages call a tenant. */
export function tenantName(tenant: Tenant): string {
  return tenant ?? '(none)';
}

/** The tenants of a comparison, by name; none where requests are of one alone. */
export function tenantsOf({ cells }: Comparison): readonly Tenant[] {
  const runs = cells.flatMap(({ simulated, real }) => [simulated, real]);
  const named = runs.flatMap((run) => run?.metrics.tenants ?? []).map(({ tenant }) => tenant);
  const tenants = [...new Set(named)];
  return tenants.length > 1 ? tenants : [];
}

/** Mean over the seeds of a tenant's metric, or null where no run defines it. */
export function tenantMean(
  { cells }: PolicyFacts,
  side: Side,
  tenant: Tenant,
  key: TenantKey,
): number | null {
  const own = cells.flatMap((cell) => cell[side]?.metrics.tenants ?? []);
  return meanOf(own.flatMap((each) => (each.tenant === tenant ? (each.values[key] ?? []) : [])));
}

/** The prediction interval of the one run of a policy; over several seeds there is none. */
export function tenantInterval(
  { cells }: PolicyFacts,
  tenant: Tenant,
  key: TenantKey,
): PredictionInterval | undefined {
  const [cell] = cells;
  if (cells.length > 1) return undefined;
  return cell?.simulated?.tenantIntervals?.find((each) => each.tenant === tenant)?.intervals[key];
}

/** What figures show of each tenant, of what `isDefined`. */
export function shownOfTenants(isDefined: (key: TenantKey) => boolean): readonly TenantKey[] {
  const shown: readonly TenantKey[] = ['sloShare', 'ttftMsMean', 'e2eMsMean', 'tpotMsMean'];
  return shown.filter((key) => TENANT_KEYS.includes(key) && isDefined(key));
}
