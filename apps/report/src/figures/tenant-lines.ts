import {
  type Difference,
  type Estimate,
  metricDefinition,
  type SweepPoint,
  type TenantKey,
} from '@flover/metrics';
import { type ChartLine, type LinePanel, lines } from '../charts/lines.ts';
import type { Signs } from '../data/site-data.ts';
import { shownOfTenants, type Tenant, tenantName } from '../facts/tenants.ts';
import { axisTitle, quantityOf } from '../facts/varied.ts';
import type { Mark } from '../marks/mark.ts';
import type { Table } from './figure.ts';
import { type SweepView, sweepTable } from './sweep-drawing.ts';

/** What is told of a tenant at a point: estimates, or differences from the baseline. */
export type TenantValue = (
  tenant: Tenant,
) => (point: SweepPoint, key: TenantKey) => Estimate | Difference | null;

/** What is drawn of each tenant along the axis of a slice. */
export interface TenantsView extends Omit<SweepView, 'keys' | 'estimateOf'> {
  readonly tenants: readonly Tenant[];
  readonly keys: readonly TenantKey[];
  readonly tenantValue: TenantValue;
}

/** The view of each tenant; undefined where there is no axis, one tenant alone or nothing to draw. */
export function tenantsView(view: SweepView, tenantValue: TenantValue): TenantsView | undefined {
  const { along, points } = view.slice;
  const tenants = [
    ...new Set(points.flatMap(({ tenants = [] }) => tenants.map(({ tenant }) => tenant))),
  ];
  if (tenants.length < 2 || along === undefined) return undefined;
  const isDefined = (key: TenantKey) =>
    points.some(
      (point) =>
        view.labels.includes(point.label) &&
        tenants.some((tenant) => tenantValue(tenant)(point, key) !== null),
    );
  const keys = shownOfTenants(isDefined).slice(0, 2);
  return keys.length === 0 ? undefined : { ...view, tenants, keys, tenantValue };
}

/** A panel a metric and tenant, a line a policy. */
export function tenantLines(view: TenantsView, signs: Signs, title: string): Mark {
  const { slice, labels, tenants, keys, tenantValue, signed = false } = view;
  const along = slice.along!;
  const panels = keys.flatMap((key) =>
    tenants.map((tenant): LinePanel => {
      const { label, unit } = metricDefinition(key)!;
      const drawn = labels.map((policy): ChartLine => {
        const own = slice.points.filter((point) => point.label === policy);
        const all = own.flatMap((point) => {
          const value = tenantValue(tenant)(point, key);
          if (value === null) return [];
          const { estimate, low, high } = value;
          return [{ x: point.axes[along] as number, y: estimate, low, high }];
        });
        all.sort((a, b) => a.x - b.x);
        return { label: policy, series: signs(policy), world: 'simulated', points: all };
      });
      return {
        title: `${tenantName(tenant)}: ${signed ? 'Δ ' : ''}${label}`,
        ...{ unit, linear: unit !== 'ms', signed },
        lines: drawn.filter(({ points }) => points.length > 0),
      };
    }),
  );
  const series = labels.map((name) => ({ name, series: signs(name) }));
  const drawn = panels.filter((panel) => panel.lines.length > 0);
  return lines(drawn, { series, xTitle: axisTitle(quantityOf(along)), title });
}

/** Rows of every tenant, below each other. */
export function tenantsTable(view: TenantsView, caption: string): Table {
  const tables = view.tenants.map((tenant) => {
    const estimateOf = view.tenantValue(tenant) as SweepView['estimateOf'];
    const { columns, rows } = sweepTable({ ...view, estimateOf }, caption);
    return { columns, rows: rows.map((row) => [tenantName(tenant), ...row]) };
  });
  return {
    caption,
    columns: ['Tenant', ...(tables[0]?.columns ?? [])],
    rows: tables.flatMap(({ rows }) => rows),
  };
}
