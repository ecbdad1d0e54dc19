import type { Difference, Estimate, Sweep, SweepFailure, SweepPoint } from '@flover/metrics';
import {
  chosenMetric,
  digitsFor,
  OF_A_TENANT,
  type ShownMetric,
  tenantName,
  usualMetrics,
} from './shown-metrics.ts';
import { type Column, textTable } from './table.ts';

/**
 * The table of a sweep: a row for each setting and policy that has begun; means over the seeds, with
 * 95 % intervals. `width`: of a terminal.
 */
export function sweepTable(sweep: Sweep, width?: number): string {
  if (sweep.cells.done + sweep.cells.failed === 0) {
    return `None of the ${sweep.cells.total} cells has ended; the same command goes on.`;
  }
  const points = sweep.points.filter(({ done, failed }) => done + failed > 0);
  const columns = shownIn(sweep).map((metric) => {
    const all = points.map(({ metrics }) => metrics[metric.key] ?? null);
    const digits = metric.digits ?? digitsFor(all.flatMap(sizesOf));
    return { title: metric.title, cells: all.map((value) => withMargin(value, digits)) };
  });
  return pointsTable(sweep, points, columns, width);
}

/**
 * The differences of policies from the baseline, seed by seed, with 95 % intervals and how many of
 * the seeds have that sign; undefined where there are none.
 */
export function differencesTable(sweep: Sweep, width?: number): string | undefined {
  const points = sweep.points.filter(
    ({ done, differences }) => done > 0 && differences !== undefined,
  );
  if (points.length === 0) return undefined;
  const columns = shownIn(sweep).map(({ key, title }) => {
    const all = points.map(({ differences }) => differences?.[key] ?? null);
    const digits = digitsFor(all.flatMap(sizesOf));
    return { title, cells: all.map((value) => differenceCell(value, digits)) };
  });
  const head = `Differences from ${sweep.baseline}, seed by seed; in brackets the seeds with that sign:`;
  return `${head}\n${pointsTable(sweep, points, columns, width)}`;
}

/** The same for each tenant by itself; undefined where there are not several. */
export function sweepTenantsTable(sweep: Sweep, width?: number): string | undefined {
  const points = sweep.points.filter(({ tenants = [] }) => tenants.length > 1);
  if (points.length === 0) return undefined;
  const of = points.flatMap((point) =>
    (point.tenants ?? []).map((tenant, first) => ({ point, first: first === 0, ...tenant })),
  );
  const metrics = OF_A_TENANT.filter(({ key }) => of.some(({ metrics }) => metrics[key] !== null));
  const columns: Column[] = [
    ...shortNames(sweep.axes.map(({ key }) => key)).map(leftColumn),
    ...['policy', 'tenant'].map(leftColumn),
    ...metrics.map(({ title }) => ({ title, align: 'right' as const })),
  ];
  const rows = of.map(({ point, first, tenant, metrics: values }) => [
    ...sweep.axes.map(({ key }) => (first ? inWords(point.axes[key]) : '')),
    first ? point.label : '',
    tenantName(tenant),
    ...metrics.map(({ key, digits }) => withMargin(values[key], digits)),
  ]);
  return textTable(columns, rows, { keys: sweep.axes.length + 2, width });
}

function leftColumn(title: string): Column {
  return { title, align: 'left' };
}

/** What the file chose; else what tables always show, without what nothing here defines. */
function shownIn({ show, points }: Sweep): readonly ShownMetric[] {
  if (show !== undefined) return show.map(chosenMetric);
  return usualMetrics(true, true).filter(({ key }) => points.some(({ metrics }) => metrics[key]));
}

function pointsTable(
  { axes }: Sweep,
  points: readonly SweepPoint[],
  metrics: readonly { readonly title: string; readonly cells: readonly string[] }[],
  width: number | undefined,
): string {
  const columns: Column[] = [
    ...shortNames(axes.map(({ key }) => key)).map((title) => ({ title, align: 'left' as const })),
    { title: 'policy', align: 'left' },
    ...metrics.map(({ title }) => ({ title, align: 'right' as const })),
  ];
  const rows = points.map((point, row) => [
    ...axes.map(({ key }) => inWords(point.axes[key])),
    point.label,
    ...metrics.map(({ cells }) => cells[row]),
  ]);
  return textTable(columns, rows, { keys: axes.length + 1, width });
}

/** One line for each way in which cells failed, with the first cell that did. */
export function failureLines({ failures }: Sweep): string[] {
  const ways = new Map<string, SweepFailure[]>();
  for (const failure of failures) {
    const way = `[${failure.error.code}] ${failure.error.message}`;
    ways.set(way, [...(ways.get(way) ?? []), failure]);
  }
  return [...ways].map(([error, [first, ...others]]) => {
    const { label, seed, axes } = first;
    const at = [
      `${label}, seed ${seed}`,
      ...Object.entries(axes).map(([key, value]) => `${key} ${inWords(value)}`),
    ].join(', ');
    const more = others.length === 0 ? '' : `, and in ${others.length} more`;
    return `failed ${error}\n  in ${at}${more}`;
  });
}

/** An estimate and its margin. */
function sizesOf(value: Estimate | null): number[] {
  if (value === null) return [];
  return value.high === null ? [value.estimate] : [value.estimate, value.high - value.estimate];
}

function differenceCell(difference: Difference | null, digits: number): string {
  if (difference === null) return '–';
  const { estimate, above, below, count } = difference;
  if (above + below === 0) return 'same';
  const text = withMargin(difference, digits);
  const sign = /^0\.?0*( |$)/.test(text) || estimate < 0 ? '' : '+';
  return `${sign}${text} (${estimate > 0 ? above : below}/${count})`;
}

function withMargin(estimate: Estimate | null, digits: number): string {
  if (estimate === null) return '–';
  const { estimate: mean, high } = estimate;
  const margin = high === null ? '' : ` ± ${(high - mean).toFixed(digits)}`;
  // What is rounded to 0 has no sign.
  return `${mean.toFixed(digits).replace(/^-(0\.?0*)$/, '$1')}${margin}`;
}

/** The last part of each dotted key, or as many as tell it from the others. */
function shortNames(keys: readonly string[]): string[] {
  return keys.map((key) => {
    const parts = key.split('.');
    for (let from = parts.length - 1; from > 0; from--) {
      const name = parts.slice(from).join('.');
      if (keys.every((other) => other === key || !`.${other}`.endsWith(`.${name}`))) return name;
    }
    return key;
  });
}

/** A value of an axis in a cell of a table: `paged, blockTokens 16`. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { kind, ...others } = value as Record<string, unknown>;
  const rest = Object.entries(others).map(([key, inner]) => `${key} ${inWords(inner)}`);
  return [...(kind === undefined ? [] : [String(kind)]), ...rest].join(', ');
}
