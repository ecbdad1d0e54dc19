import { type Comparison, metricDefinition, TENANT_KEYS, type TenantKey } from '@flover/metrics';
import { type DotPlotPanel, dotPlot } from '../charts/dot-plot.ts';
import type { Signs } from '../data/site-data.ts';
import { leadingSide, meanValue, policiesOf, type Side } from '../facts/policies.ts';
import {
  shownOfTenants,
  type Tenant,
  tenantInterval,
  tenantMean,
  tenantName,
  tenantsOf,
} from '../facts/tenants.ts';
import { listed, number, percent, withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';

/** What each tenant gets under each policy; undefined where there are not several tenants. */
export function tenantsFigure(comparison: Comparison, signs: Signs): Figure | undefined {
  const tenants = tenantsOf(comparison);
  if (tenants.length === 0) return undefined;
  const policies = policiesOf(comparison);
  const rows = tenants.flatMap((tenant) => policies.map((policy) => ({ tenant, policy })));
  const values = (key: TenantKey, { tenant, policy }: (typeof rows)[number]) => {
    const interval = tenantInterval(policy, tenant, key);
    return {
      simulated: tenantMean(policy, 'simulated', tenant, key),
      real: tenantMean(policy, 'real', tenant, key),
      ...(interval && { interval }),
    };
  };
  const isDefined = (key: TenantKey) =>
    rows.some((row) => values(key, row).simulated !== null || values(key, row).real !== null);
  const panels = shownOfTenants(isDefined)
    .slice(0, 3)
    .map((key): DotPlotPanel => {
      const { label: title, unit, better } = metricDefinition(key)!;
      const label = ({ tenant, policy }: (typeof rows)[number]) =>
        policies.length === 1 ? tenantName(tenant) : `${tenantName(tenant)}: ${policy.label}`;
      const drawn = rows.map((row) => ({
        ...{ label: label(row), series: signs(row.policy.label) },
        ...values(key, row),
      }));
      return { title, unit, better, rows: drawn };
    });
  const finding = `${furthest(comparison, tenants)}${gaps(comparison)}${held(comparison)}`;
  return {
    id: 'tenants',
    title: 'Each tenant by itself',
    finding,
    note: 'A row a tenant and policy, read as the figure of the policies.',
    drawing: dotPlot(panels, finding),
    table: {
      caption: 'Metrics of each tenant, mean over seeds; ends of prediction intervals',
      columns: ['Tenant', 'Policy', 'Metric', 'Unit', 'Simulated', 'Low', 'High', 'Real'],
      rows: rows.flatMap((row) =>
        TENANT_KEYS.filter(isDefined).map((key) => {
          const { simulated, interval, real } = values(key, row);
          const { low = null, high = null } = interval ?? {};
          const { unit } = metricDefinition(key)!;
          return [
            ...[tenantName(row.tenant), row.policy.label, key, unit],
            ...[simulated, low, high, real],
          ];
        }),
      ),
    },
  };
}

/** The tenant whose mean time to first token differs most, by factor, from policy to policy. */
function furthest(comparison: Comparison, tenants: readonly Tenant[]): string {
  const side = leadingSide(comparison);
  const policies = policiesOf(comparison);
  const spreads = tenants.flatMap((tenant) => {
    const ranked = policies
      .flatMap((policy) => {
        const value = tenantMean(policy, side, tenant, 'ttftMsMean');
        return value === null ? [] : [{ label: policy.label, value }];
      })
      .sort((a, b) => a.value - b.value);
    const [least, most] = [ranked[0], ranked.at(-1)];
    return least && most ? [{ tenant, least, most, factor: most.value / least.value }] : [];
  });
  const [far] = spreads.sort((a, b) => b.factor - a.factor);
  if (far === undefined) return 'No tenant was served.';
  const { tenant, least, most } = far;
  const where = `${world(side)} the requests of ${tenantName(tenant)} have their first token after`;
  const first = `${withUnit(least.value, 'ms')} on average under ${least.label}`;
  if (least.label === most.label) return `${where} ${first}.`;
  return `${where} ${first} and ${withUnit(most.value, 'ms')} under ${most.label}, of all tenants the widest apart.`;
}

/** The largest service gap of each policy, where there is one. */
function gaps(comparison: Comparison): string {
  const side = leadingSide(comparison);
  const known = policiesOf(comparison).flatMap((policy) => {
    const gap = meanValue(policy, side, 'serviceGapTokens');
    return gap === null ? [] : [`${withUnit(gap, 'tokens')} under ${policy.label}`];
  });
  return known.length === 0 ? '' : ` The largest service gap is ${known.join(', ')}.`;
}

/** How often the prediction intervals of each tenant held, where they were checked. */
function held({ tenantCoverage = [] }: Comparison): string {
  const [first, ...others] = tenantCoverage;
  if (first === undefined) return '';
  const of = ({ tenant, covered, predicted }: typeof first, noun: string) =>
    `${number(covered)} of ${number(predicted)}${noun} of ${tenantName(tenant)}`;
  const all = [of(first, ' values'), ...others.map((each) => of(each, ''))];
  return ` Prediction intervals that claim ${percent(100 * first.level)} held ${listed(all)}.`;
}

function world(side: Side): string {
  return side === 'real' ? 'On the engine' : 'In simulation';
}
