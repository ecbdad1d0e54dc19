import { type Comparison, type MetricKey, metricDefinition } from '@flover/metrics';
import { type ChartLine, type LinePanel, lines } from '../charts/lines.ts';
import type { Signs } from '../data/site-data.ts';
import { meanValue, policiesOf, type Side, sidesOf } from '../facts/policies.ts';
import { amount, axisTitle, type Quantity, quantityOf, type Varied } from '../facts/varied.ts';
import { listed, number, signedPercent, withUnit } from '../marks/format.ts';
import type { Figure } from './figure.ts';

const METRICS: readonly MetricKey[] = [
  ...(['generatedTokensPerSecond', 'makespanSeconds', 'e2eMsP50', 'tpotMsP50'] as const),
];

/** Comparisons that differ in one number: each policy's metrics over that number. */
export function seriesFigure(
  comparisons: readonly Comparison[],
  varied: Varied,
  signs: Signs,
): Figure {
  const quantity = quantityOf(varied.key);
  const xTitle = axisTitle(quantity);
  const order = [...comparisons.keys()].sort((a, b) => varied.values[a]! - varied.values[b]!);
  const names = [...new Set(comparisons.flatMap((c) => policiesOf(c).map(({ label }) => label)))];
  const data = METRICS.map((key): LinePanel => {
    const { label, unit } = metricDefinition(key)!;
    const all = names.flatMap((name) =>
      (['real', 'simulated'] as const).map((world): ChartLine => {
        const points = order.flatMap((i) => {
          const y = metricOf(comparisons[i]!, name, world, key);
          return y === null ? [] : [{ x: varied.values[i]!, y, low: null, high: null }];
        });
        return { label: name, series: signs(name), world, points };
      }),
    );
    return { title: label, unit, lines: all.filter(({ points }) => points.length > 0) };
  }).filter((panel) => panel.lines.length > 0);
  const finding = sentence(data[0], quantity);
  return {
    id: 'series',
    title: `Over ${quantity.name}`,
    finding,
    note: 'Solid lines and filled marks: the engine. Dashed lines and hollow marks: the simulator.',
    drawing: lines(data, {
      series: names.map((name) => ({ name, series: signs(name) })),
      xTitle,
      title: finding,
    }),
    table: {
      caption: `Metrics over ${xTitle}, mean over seeds`,
      columns: [xTitle, 'Policy', 'Metric', 'Unit', 'Simulated', 'Real'],
      rows: order.flatMap((i) =>
        names.flatMap((name) =>
          METRICS.map((key) => [
            ...[varied.values[i]!, name, key, metricDefinition(key)!.unit],
            metricOf(comparisons[i]!, name, 'simulated', key),
            metricOf(comparisons[i]!, name, 'real', key),
          ]),
        ),
      ),
    },
  };
}

function metricOf(comparison: Comparison, name: string, side: Side, key: MetricKey) {
  const policy = policiesOf(comparison).find(({ label }) => label === name);
  return policy === undefined || !sidesOf(comparison).includes(side)
    ? null
    : meanValue(policy, side, key);
}

/** The leading policy at both ends, and the simulator's errors on the way: the range of many. */
function sentence(panel: LinePanel | undefined, quantity: Quantity): string {
  const real = panel?.lines.find(({ world }) => world === 'real');
  const line = real ?? panel?.lines[0];
  if (panel === undefined || line === undefined) return 'No request was served.';
  const [first, last] = [line.points[0]!, line.points.at(-1)!];
  const value = (p: typeof first) => `${withUnit(p.y, panel.unit)} at ${amount(p.x, quantity)}`;
  const where = real ? 'on the engine' : 'in simulation';
  const alone = `${line.label} generates ${value(first)} and ${value(last)} ${where}`;
  const trend = `${alone}${beside(panel, line, quantity)}`;
  const simulated = panel.lines.find((l) => l.world === 'simulated' && l.label === line.label);
  const errors = line.points.flatMap((p) => {
    const s = simulated?.points.find(({ x }) => x === p.x);
    return real && s ? [(100 * (s.y - p.y)) / p.y] : [];
  });
  if (errors.length === 0) return `${trend}.`;
  const shown = errors.length > 4 ? [Math.min(...errors), Math.max(...errors)] : errors;
  const words = shown.map(signedPercent);
  return `${trend}; the simulator is off by ${errors.length > 4 ? words.join(' to ') : listed(words)}.`;
}

/** The best of the others in the same world, where both have a point: the last such. */
function beside({ lines: all }: LinePanel, own: ChartLine, quantity: Quantity): string {
  const rivals = all
    .filter(({ world, label }) => world === own.world && label !== own.label)
    .flatMap(({ label, points }) =>
      points.flatMap(({ x, y }) => {
        const ours = own.points.find((p) => p.x === x);
        return ours ? [{ label, x, factor: ours.y / y }] : [];
      }),
    );
  const last = Math.max(...rivals.map(({ x }) => x));
  const [best] = rivals.filter(({ x }) => x === last).sort((a, b) => a.factor - b.factor);
  if (best === undefined) return '';
  return `, ${number(best.factor)} times as much as ${best.label} at ${amount(best.x, quantity)}`;
}
