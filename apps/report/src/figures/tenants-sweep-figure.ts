import type { Signs } from '../data/site-data.ts';
import { tenantName } from '../facts/tenants.ts';
import { withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';
import type { SweepView } from './sweep-drawing.ts';
import { place } from './sweep-sentence.ts';
import { type TenantsView, tenantLines, tenantsTable, tenantsView } from './tenant-lines.ts';

/** Each tenant along the axis of a slice; undefined where there is no axis or one tenant. */
export function tenantsSweepFigure(
  view: SweepView,
  signs: Signs,
  { id, title }: Pick<Figure, 'id' | 'title'>,
): Figure | undefined {
  const tenants = tenantsView(
    view,
    (tenant) => (point, key) =>
      point.tenants?.find((each) => each.tenant === tenant)?.metrics[key] ?? null,
  );
  if (tenants === undefined) return undefined;
  const finding = sentence(tenants);
  const caption = 'Estimates of each tenant over seeds with the ends of their 95 % intervals';
  return {
    ...{ id, title: `${title}, each tenant by itself`, finding },
    drawing: tenantLines(tenants, signs, finding),
    table: tenantsTable(tenants, caption),
  };
}

/** Where a tenant's mean time to first token differs most, by factor, from policy to policy. */
function sentence({ slice, labels, tenants, tenantValue }: TenantsView): string {
  const settings = [...new Set(slice.points.map(({ axes }) => JSON.stringify(axes)))];
  const spreads = settings.flatMap((setting) =>
    tenants.flatMap((tenant) => {
      const ranked = slice.points
        .filter(({ axes }) => JSON.stringify(axes) === setting)
        .flatMap((point) => {
          const value = tenantValue(tenant)(point, 'ttftMsMean')?.estimate;
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
