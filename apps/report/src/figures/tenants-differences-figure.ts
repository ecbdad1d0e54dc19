import { metricDefinition } from '@flover/metrics';
import type { Signs } from '../data/site-data.ts';
import { tenantName } from '../facts/tenants.ts';
import {
  type Compared,
  DIFFERENCE_COLUMNS,
  differencesSentence,
  intervalsOf,
} from './differences-sentence.ts';
import type { Figure } from './figure.ts';
import type { SweepView } from './sweep-drawing.ts';
import { lowered } from './sweep-sentence.ts';
import { type TenantsView, tenantLines, tenantsTable, tenantsView } from './tenant-lines.ts';

/** Each tenant seed by seed against itself under the baseline; none in older sweeps. */
export function tenantsDifferencesFigure(
  view: SweepView,
  signs: Signs,
  { id, title }: Pick<Figure, 'id' | 'title'>,
): Figure | undefined {
  const { baseline, labels, seeds } = view.sweep;
  if (baseline === undefined) return undefined;
  const others = { ...view, labels: labels.filter((label) => label !== baseline), signed: true };
  const tenants = tenantsView(
    others,
    (tenant) => (point, key) =>
      point.tenants?.find((each) => each.tenant === tenant)?.differences?.[key] ?? null,
  );
  const finding = tenants && sentence(tenants, baseline);
  if (tenants === undefined || finding === undefined) return undefined;
  return {
    id,
    title: `${title}, each tenant seed by seed against ${baseline}`,
    finding,
    note: `Each tenant’s value less its own under ${baseline} with the same requests, which is the line at 0. ${intervalsOf(seeds)}`,
    drawing: tenantLines(tenants, signs, finding),
    table: tenantsTable(
      tenants,
      `Differences of each tenant from itself under ${baseline} over seeds, ${DIFFERENCE_COLUMNS}`,
    ),
  };
}

/** The largest difference of a tenant in the first metric. */
function sentence(view: TenantsView, baseline: string): string | undefined {
  const { slice, labels, tenants, tenantValue } = view;
  const key = view.keys.find((each) => each.startsWith('ttft')) ?? view.keys[0]!;
  const { label, unit } = metricDefinition(key)!;
  const name = lowered(label);
  const all = tenants.flatMap((tenant) =>
    slice.points.flatMap((point): Compared[] => {
      const difference = tenantValue(tenant)(point, key);
      if (!labels.includes(point.label) || !difference || !('below' in difference)) return [];
      const whose = `the ${name} of ${tenantName(tenant)} under ${point.label}`;
      return [{ point, difference, whose }];
    }),
  );
  return differencesSentence(all, {
    ...{ unit, along: slice.along, from: `under ${baseline}` },
    none: `no tenant differs in ${name} from itself under ${baseline}`,
  });
}
