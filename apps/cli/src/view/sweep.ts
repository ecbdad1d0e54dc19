import type { Estimate, MetricKey, Sweep, SweepFailure } from '@flover/metrics';
import { SHOWN } from './shown-metrics.ts';
import { type Column, textTable } from './table.ts';

/**
 * The table of a sweep: a row for each setting and policy that has begun; means over the seeds, with
 * 95 % intervals. `width`: of a terminal.
 */
export function sweepTable({ axes, points, slo }: Sweep, width?: number): string {
  const shown: readonly (readonly [MetricKey, string, number])[] = slo
    ? [...SHOWN, ['goodputRequestsPerSecond', 'goodput/s', 2]]
    : SHOWN;
  const columns: Column[] = [
    ...shortNames(axes.map(({ key }) => key)).map((title) => ({ title, align: 'left' as const })),
    { title: 'policy', align: 'left' },
    ...shown.map(([, title]) => ({ title, align: 'right' as const })),
  ];
  const begun = points.filter(({ done, failed }) => done + failed > 0);
  const rows = begun.map((point) => [
    ...axes.map(({ key }) => inWords(point.axes[key])),
    point.label,
    ...shown.map(([key, , digits]) => withMargin(point.metrics[key], digits)),
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

function withMargin(estimate: Estimate | null, digits: number): string {
  if (estimate === null) return '–';
  const { estimate: mean, high } = estimate;
  const margin = high === null ? '' : ` ± ${(high - mean).toFixed(digits)}`;
  return `${mean.toFixed(digits)}${margin}`;
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
