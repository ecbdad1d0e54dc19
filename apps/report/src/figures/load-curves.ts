import { type Comparison, type MetricKey, metricDefinition, type Sweep } from '@flover/metrics';
import { type ChartLine, type LinePanel, type LinePoint, lines } from '../charts/lines.ts';
import type { Signs } from '../data/site-data.ts';
import { at } from '../facts/dotted-key.ts';
import { type LoadAxis, type LoadSlice, loadInSlice } from '../facts/load-latency.ts';
import { meanValue, policiesOf } from '../facts/policies.ts';
import { predictedBy } from '../facts/sweeps.ts';
import { listed } from '../marks/format.ts';
import type { Series } from '../marks/symbols.ts';
import type { Figure, Table } from './figure.ts';

/** Curves over load of one slice of a sweep, with the points of real runs where there are some. */
export interface LoadCurves {
  readonly sweep: Sweep;
  readonly axis: LoadAxis;
  readonly slice: LoadSlice;
  /** Comparisons of the same experiment. */
  readonly comparisons: readonly Comparison[];
  readonly signs: Signs;
}

/** A figure of some metrics over load: a panel each. */
export function curvesFigure(
  curves: LoadCurves,
  part: Pick<Figure, 'id' | 'title' | 'finding'> & { readonly keys: readonly MetricKey[] },
): Figure {
  const { sweep, slice, axis } = curves;
  const { keys, ...rest } = part;
  const data = panelsOf(curves, keys);
  const options = { series: seriesOf(curves), xTitle: axis.title, title: part.finding };
  return {
    ...rest,
    title: [`${part.title}, ${predictedBy(sweep)}`, slice.name]
      .filter((name) => name !== '')
      .join(': '),
    note: noteOf(curves),
    drawing: lines(data, options),
    table: table(curves, data, keys),
  };
}

function panelsOf(curves: LoadCurves, keys: readonly MetricKey[]): LinePanel[] {
  return keys
    .map((key): LinePanel => {
      const { label, unit } = metricDefinition(key)!;
      const all = seriesOf(curves).flatMap(({ name, series }): ChartLine[] => [
        { label: name, series, world: 'simulated', points: simulatedPoints(curves, name, key) },
        { label: name, series, world: 'real', points: realPoints(curves, name, key) },
      ]);
      // Latencies are read as factors, rates and shares as they are.
      const linear = unit !== 'ms';
      return { title: label, unit, linear, lines: all.filter(({ points }) => points.length > 0) };
    })
    .filter((panel) => panel.lines.length > 0);
}

function seriesOf({ sweep, signs }: LoadCurves): Series[] {
  return sweep.labels.map((name) => ({ name, series: signs(name) }));
}

/** The simulated curve of a policy. */
export function simulatedPoints(
  { slice, axis }: LoadCurves,
  name: string,
  key: MetricKey,
): LinePoint[] {
  return slice.points
    .flatMap(({ label, axes, metrics }) => {
      const value = label === name ? metrics[key] : null;
      if (!value) return [];
      const { estimate: y, low, high } = value;
      return [{ x: axis.loadOf(axes[axis.key] as number), y, low, high }];
    })
    .sort((a, b) => a.x - b.x);
}

/** What was run for real under a policy. */
export function realPoints(curves: LoadCurves, name: string, key: MetricKey): LinePoint[] {
  return measured(curves)
    .flatMap(({ comparison, x }) => {
      const policy = policiesOf(comparison).find(({ label }) => label === name);
      const y = policy ? meanValue(policy, 'real', key) : null;
      return y === null ? [] : [{ x, y, low: null, high: null }];
    })
    .sort((a, b) => a.x - b.x);
}

/** Comparisons with real runs that belong to the slice, each with its load. */
function measured({ comparisons, sweep, axis, slice }: LoadCurves) {
  return comparisons.flatMap((comparison) => {
    const x = loadInSlice(comparison, sweep, axis, slice);
    const ran = comparison.cells.some(({ real: run }) => run !== undefined);
    return x === undefined || !ran ? [] : [{ comparison, x }];
  });
}

/** Comparisons whose real points stand in the figure. */
export function measuredIn(curves: LoadCurves): Comparison[] {
  return measured(curves).map(({ comparison }) => comparison);
}

function noteOf(curves: LoadCurves): string {
  const { sweep } = curves;
  const seeds = sweep.seeds.length;
  const dashed =
    seeds > 1
      ? `Dashed: means over ${seeds} seeds of simulated runs, with 95 % confidence intervals of the mean.`
      : 'Dashed: simulated runs of one seed.';
  const ran = measuredIn(curves);
  if (ran.length === 0) return `${dashed} None of it was run for real.`;
  const requests = at(sweep.experiment, 'workload.requests');
  const others = [...new Set(ran.map(({ workload }) => workload.requests))].filter(
    (count) => count !== undefined && count !== requests,
  );
  const fewer =
    others.length === 0
      ? ''
      : ` Real runs have ${listed(others.map(String))} requests, simulated ones ${requests}: near saturation fewer requests queue for less long.`;
  return `${dashed} Filled: the engine.${fewer}`;
}

function table(curves: LoadCurves, data: readonly LinePanel[], keys: readonly MetricKey[]): Table {
  const { axis } = curves;
  return {
    caption: 'Metrics over load with the ends of their 95 % confidence intervals',
    columns: [axis.title, 'Policy', 'World', 'Metric', 'Unit', 'Value', 'Low', 'High'],
    rows: data.flatMap((panel) => {
      const key = keys.find((one) => metricDefinition(one)!.label === panel.title)!;
      return panel.lines.flatMap(({ label, world, points }) =>
        points.map(({ x, y, low, high }) => [x, label, world, key, panel.unit, y, low, high]),
      );
    }),
  };
}
