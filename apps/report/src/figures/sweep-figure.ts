import {
  canonicalJson,
  type Estimate,
  type MetricKey,
  metricDefinition,
  type Sweep,
} from '@flover/metrics';
import { type DotPlotPanel, type DotPlotRow, dotPlot } from '../charts/dot-plot.ts';
import { type ChartLine, type LinePanel, lines } from '../charts/lines.ts';
import type { Signs } from '../data/site-data.ts';
import { ALIKE_PERCENT, areAlike } from '../facts/alike.ts';
import { type SweepSlice, slicesOf } from '../facts/sweeps.ts';
import { amount, axisTitle, type Quantity, quantityOf } from '../facts/varied.ts';
import { listed, number, withUnit } from '../marks/format.ts';
import type { Mark } from '../marks/mark.ts';
import type { Figure, Table } from './figure.ts';

/** A figure for each slice of a sweep: metrics along its longest axis, a line a policy. */
export function sweepFigures(sweep: Sweep, signs: Signs, name = sweep.name): Figure[] {
  return slicesOf(sweep).map((slice, i) => {
    const finding = sentence(sweep, slice);
    const title = slice.name === '' ? name : `${name}: ${slice.name}`;
    return {
      id: `sweep-${i + 1}`,
      title,
      finding,
      note: noteOf(sweep),
      drawing: drawing(sweep, slice, { signs, title: finding }),
      table: table(sweep, slice),
    };
  });
}

function noteOf({ question, seeds }: Sweep): string {
  const asked = question === undefined ? '' : `${question} `;
  if (seeds.length === 1) return `${asked}Simulated runs of one seed.`;
  return `${asked}Mean over ${seeds.length} seeds of simulated runs; bands and whiskers are 95 % confidence intervals of the mean.`;
}

function metricsOf(sweep: Sweep): readonly MetricKey[] {
  const rate: MetricKey = sweep.slo ? 'goodputRequestsPerSecond' : 'generatedTokensPerSecond';
  return [rate, 'e2eMsP50', 'ttftMsP99'];
}

function drawing(
  sweep: Sweep,
  slice: SweepSlice,
  { signs, title }: { readonly signs: Signs; readonly title: string },
): Mark {
  const { along } = slice;
  if (along === undefined)
    return dotPlot(
      metricsOf(sweep).map((key) => dots(slice, key, signs)),
      title,
      'confidence',
    );
  const data = metricsOf(sweep)
    .map((key): LinePanel => {
      const { label, unit } = metricDefinition(key)!;
      const all = sweep.labels.map((name): ChartLine => {
        const points = slice.points.flatMap(({ label: policy, axes, metrics }) => {
          const value = policy === name ? metrics[key] : null;
          if (!value) return [];
          const { estimate, low, high } = value;
          return [{ x: axes[along] as number, y: estimate, low, high }];
        });
        points.sort((a, b) => a.x - b.x);
        return { label: name, series: signs(name), world: 'simulated', points };
      });
      return { title: label, unit, lines: all.filter(({ points }) => points.length > 0) };
    })
    .filter((panel) => panel.lines.length > 0);
  const series = sweep.labels.map((name) => ({ name, series: signs(name) }));
  return lines(data, { series, xTitle: axisTitle(quantityOf(along)), title });
}

/** Without an axis of numbers: a row a policy; the figure's title names the setting. */
function dots(slice: SweepSlice, key: MetricKey, signs: Signs): DotPlotPanel {
  const { label, unit, better } = metricDefinition(key)!;
  const rows = slice.points.map((point) => ({
    label: point.label,
    series: signs(point.label),
    simulated: point.metrics[key]?.estimate ?? null,
    real: null,
    ...confidence(point.metrics[key]),
  }));
  return { title: label, unit, better, rows };
}

function confidence(value: Estimate | null | undefined): Pick<DotPlotRow, 'interval'> {
  if (!value || value.low === null || value.high === null) return {};
  return { interval: { low: value.low, high: value.high, level: 0.95 } };
}

function table(sweep: Sweep, slice: SweepSlice): Table {
  const keys = metricsOf(sweep);
  return {
    caption: 'Estimates over seeds with the ends of their 95 % confidence intervals',
    columns: [
      ...sweep.axes.map(({ key }) => key),
      ...['Policy', 'Runs'],
      ...keys.flatMap((key) => [key, `${key} low`, `${key} high`]),
    ],
    rows: slice.points.map((point) => [
      ...sweep.axes.map(({ key }) => cell(point.axes[key])),
      ...[point.label, point.done],
      ...keys.flatMap((key) => {
        const { estimate = null, low = null, high = null } = point.metrics[key] ?? {};
        return [estimate, low, high];
      }),
    ]),
  };
}

function cell(value: unknown): string | number | null {
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Which policy does best where the axis ends, and by how much. */
function sentence(sweep: Sweep, slice: SweepSlice): string {
  const key = metricsOf(sweep)[0]!;
  const { label, unit } = metricDefinition(key)!;
  const ranked = slice.points
    .flatMap((point) => {
      const estimate = point.metrics[key]?.estimate;
      return estimate === undefined ? [] : [{ point, estimate }];
    })
    .sort((a, b) => b.estimate - a.estimate);
  const [best] = ranked;
  if (best === undefined) return 'No cell served a request.';
  const at = slice.along === undefined ? '' : ` at ${place(best.point.axes, slice.along)}`;
  const firsts = ranked.filter(
    ({ point }, i) => ranked.findIndex((other) => other.point.label === point.label) === i,
  );
  const isAlike = ({ point, estimate }: (typeof ranked)[number]) =>
    areAlike(estimate, best.estimate) &&
    canonicalJson(point.axes) === canonicalJson(best.point.axes);
  const rival = firsts.find((first) => !isAlike(first));
  const alike = firsts.filter(isAlike).map(({ point }) => point.label);
  const highest = `the highest ${label.toLowerCase()}, ${withUnit(best.estimate, unit)}${at}`;
  const top =
    alike.length === 1
      ? `${alike[0]} reaches ${highest}`
      : `${listed(alike)} are alike: they reach ${highest}, within ${ALIKE_PERCENT} % of each other`;
  if (rival === undefined) return `${top}.`;
  return `${top}; of the others ${rival.point.label} comes to ${number((100 * rival.estimate) / best.estimate)} % of it.`;
}

function place(axes: Readonly<Record<string, unknown>>, along: string): string {
  const quantity: Quantity = quantityOf(along);
  return amount(axes[along] as number, quantity);
}
