import {
  type Difference,
  type Estimate,
  type MetricKey,
  metricDefinition,
  type Sweep,
  type SweepPoint,
} from '@flover/metrics';
import { type DotPlotPanel, type DotPlotRow, dotPlot } from '../charts/dot-plot.ts';
import { type ChartLine, type LinePanel, lines } from '../charts/lines.ts';
import type { Signs } from '../data/site-data.ts';
import type { SweepSlice } from '../facts/sweeps.ts';
import { axisTitle, quantityOf } from '../facts/varied.ts';
import type { Mark } from '../marks/mark.ts';
import type { Table } from './figure.ts';

/** What is drawn of a slice of a sweep: a panel a metric, a line or a row a policy. */
export interface SweepView {
  readonly sweep: Sweep;
  readonly slice: SweepSlice;
  readonly keys: readonly MetricKey[];
  /** The policies that are drawn. */
  readonly labels: readonly string[];
  readonly estimateOf: (point: SweepPoint, key: MetricKey) => Estimate | Difference | null;
  /** Values are differences, about 0. */
  readonly signed?: boolean;
}

/** Metrics along the slice's axis of numbers; without one, a row a policy. */
export function sweepDrawing(view: SweepView, signs: Signs, title: string): Mark {
  const { slice, keys, labels, signed = false } = view;
  const { along } = slice;
  if (along === undefined) {
    const panels = keys.map((key) => dots(view, key, signs));
    return dotPlot(panels, title, 'confidence');
  }
  const panels = keys
    .map((key): LinePanel => {
      const { title, unit } = panelOf(view, key);
      const all = labels.map((name): ChartLine => {
        const points = slice.points.flatMap((point) => {
          const value = point.label === name ? view.estimateOf(point, key) : null;
          if (!value) return [];
          const { estimate, low, high } = value;
          return [{ x: point.axes[along] as number, y: estimate, low, high }];
        });
        points.sort((a, b) => a.x - b.x);
        return { label: name, series: signs(name), world: 'simulated', points };
      });
      // Latencies are read as factors, rates and shares as they are.
      const linear = unit !== 'ms';
      return { title, unit, linear, signed, lines: all.filter(({ points }) => points.length > 0) };
    })
    .filter((panel) => panel.lines.length > 0);
  const series = labels.map((name) => ({ name, series: signs(name) }));
  const xTitle = axisTitle(quantityOf(along));
  return lines(panels, { series, xTitle, title });
}

function panelOf({ signed }: SweepView, key: MetricKey) {
  const { label, unit, better } = metricDefinition(key)!;
  return { title: signed ? `Δ ${label}` : label, unit, better };
}

/** The figure's title names the setting. */
function dots(view: SweepView, key: MetricKey, signs: Signs): DotPlotPanel {
  const { slice, labels, estimateOf, signed = false } = view;
  const points = slice.points.filter(({ label }) => labels.includes(label));
  const rows = points.map((point) => {
    const value = estimateOf(point, key);
    return {
      label: point.label,
      series: signs(point.label),
      simulated: value?.estimate ?? null,
      real: null,
      ...confidence(value),
    };
  });
  return { ...panelOf(view, key), signed, rows };
}

function confidence(value: Estimate | null): Pick<DotPlotRow, 'interval'> {
  if (!value || value.low === null || value.high === null) return {};
  return { interval: { low: value.low, high: value.high, level: 0.95 } };
}

/** What is drawn, a row a setting and policy; keys that are varied together have a column each. */
export function sweepTable(view: SweepView, caption: string): Table {
  const { sweep, slice, keys, labels, estimateOf, signed } = view;
  const varied = sweep.axes.flatMap(({ key, values, sets = { [key]: values } }) =>
    Object.entries(sets).map(([name, own]) => ({
      name,
      at: ({ axes }: SweepPoint) =>
        name === key ? axes[key] : own[values.findIndex((value) => same(value, axes[key]))],
    })),
  );
  // Of differences also in how many seeds they lie on either side of 0.
  const ends = signed ? (['low', 'high', 'below', 'above'] as const) : (['low', 'high'] as const);
  return {
    caption,
    columns: [
      ...varied.map(({ name }) => name),
      ...['Policy', 'Runs'],
      ...keys.flatMap((key) => [key, ...ends.map((end) => `${key} ${end}`)]),
    ],
    rows: slice.points
      .filter(({ label }) => labels.includes(label))
      .map((point) => [
        ...varied.map(({ at }) => cell(at(point))),
        ...[point.label, point.done],
        ...keys.flatMap((key) => {
          const value: Partial<Difference> = estimateOf(point, key) ?? {};
          return [value.estimate ?? null, ...ends.map((end) => value[end] ?? null)];
        }),
      ]),
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function cell(value: unknown): string | number | null {
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}
