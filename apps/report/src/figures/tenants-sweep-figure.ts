import { type Estimate, metricDefinition, type SweepPoint, type TenantKey } from '@flover/metrics';
import { type ChartLine, type LinePanel, lines } from '../charts/lines.ts';
import type { Signs } from '../data/site-data.ts';
import { shownOfTenants, type Tenant, tenantName } from '../facts/tenants.ts';
import { axisTitle, quantityOf } from '../facts/varied.ts';
import { withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import { type SweepView, sweepTable } from './sweep-drawing.ts';
import { place } from './sweep-sentence.ts';

/** Each tenant along the axis of a slice; undefined where there is no axis or one tenant. */
export function tenantsSweepFigure(
  view: SweepView,
  signs: Signs,
  { id, title }: Pick<Figure, 'id' | 'title'>,
): Figure | undefined {
  const { slice, labels } = view;
  const { along, points } = slice;
  const tenants = [...new Set(points.flatMap(({ tenants = [] }) => tenants.map(nameOf)))];
  if (tenants.length < 2 || along === undefined) return undefined;
  const estimateOf = (tenant: Tenant) => (point: SweepPoint, key: TenantKey) =>
    point.tenants?.find((each) => each.tenant === tenant)?.metrics[key] ?? null;
  const isDefined = (key: TenantKey) =>
    points.some((point) => tenants.some((tenant) => estimateOf(tenant)(point, key) !== null));
  const keys = shownOfTenants(isDefined).slice(0, 2);
  const panels = keys.flatMap((key) =>
    tenants.map((tenant): LinePanel => {
      const { label, unit } = metricDefinition(key)!;
      const drawn = labels.map((policy): ChartLine => {
        const own = points.filter((point) => point.label === policy);
        const all = own.flatMap((point) => {
          const estimate = estimateOf(tenant)(point, key);
          return estimate === null ? [] : [placed(point.axes[along] as number, estimate)];
        });
        all.sort((a, b) => a.x - b.x);
        return { label: policy, series: signs(policy), world: 'simulated', points: all };
      });
      const own = drawn.filter(({ points }) => points.length > 0);
      return { title: `${tenantName(tenant)}: ${label}`, unit, linear: unit !== 'ms', lines: own };
    }),
  );
  const series = labels.map((name) => ({ name, series: signs(name) }));
  const finding = sentence(view, tenants, estimateOf);
  const xTitle = axisTitle(quantityOf(along));
  return {
    ...{ id, title: `${title}, each tenant by itself`, finding },
    drawing: lines(panels, { series, xTitle, title: finding }),
    table: tenantsTable(view, tenants, keys, estimateOf),
  };
}

const nameOf = ({ tenant }: { readonly tenant: Tenant }) => tenant;

function placed(x: number, { estimate, low, high }: Estimate) {
  return { x, y: estimate, low, high };
}

type EstimateOf = (tenant: Tenant) => (point: SweepPoint, key: TenantKey) => Estimate | null;

/** Rows of every tenant, below each other. */
function tenantsTable(
  view: SweepView,
  tenants: readonly Tenant[],
  keys: readonly TenantKey[],
  estimateOf: EstimateOf,
): Figure['table'] {
  const caption = 'Estimates of each tenant over seeds with the ends of their 95 % intervals';
  const tables = tenants.map((tenant) => {
    const own = { ...view, keys, estimateOf: estimateOf(tenant) as SweepView['estimateOf'] };
    const { columns, rows } = sweepTable(own, caption);
    return { columns, rows: rows.map((row) => [tenantName(tenant), ...row]) };
  });
  return {
    caption,
    columns: ['Tenant', ...(tables[0]?.columns ?? [])],
    rows: tables.flatMap(({ rows }) => rows),
  };
}

/** Where a tenant's mean time to first token differs most, by factor, from policy to policy. */
function sentence(
  { slice, labels }: SweepView,
  tenants: readonly Tenant[],
  estimateOf: EstimateOf,
): string {
  const settings = [...new Set(slice.points.map(({ axes }) => JSON.stringify(axes)))];
  const spreads = settings.flatMap((setting) =>
    tenants.flatMap((tenant) => {
      const ranked = slice.points
        .filter(({ axes }) => JSON.stringify(axes) === setting)
        .flatMap((point) => {
          const value = estimateOf(tenant)(point, 'ttftMsMean')?.estimate;
          return value === undefined ? [] : [{ point, value }];
        })
        .sort((a, b) => a.value - b.value);
      const [least, most] = [ranked[0], ranked.at(-1)];
      return least && most ? [{ tenant, least, most, factor: most.value / least.value }] : [];
    }),
  );
  const [far] = spreads.sort((a, b) => b.factor - a.factor);
  if (far === undefined) return 'No tenant was served.';
  const { tenant, least, most } = far;
  const at = place(least.point.axes, slice.along!);
  const first = `At ${at} the requests of ${tenantName(tenant)} have their first token after ${withUnit(least.value, 'ms')} on average`;
  if (labels.length === 1) return `${first}.`;
  return `${first} under ${least.point.label} and ${withUnit(most.value, 'ms')} under ${most.point.label}, the widest apart of all tenants and settings.`;
}
