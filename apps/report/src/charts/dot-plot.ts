import { scaleLinear } from 'd3';
import { bottomAxis, type NumberScale } from '../marks/axis.ts';
import { number, signedPercent, withUnit } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point } from '../marks/symbols.ts';
import { chart, panels } from './chart.ts';

export interface DotPlotRow {
  readonly label: string;
  readonly series: number;
  readonly simulated: number | null;
  readonly real: number | null;
  /** Where the real value is expected. */
  readonly interval?: { readonly low: number; readonly high: number; readonly level: number };
}

export interface DotPlotPanel {
  readonly title: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher' | 'neither';
  readonly rows: readonly DotPlotRow[];
}

const ROW = 26;
const LEAST_LEFT = 158;
const MOST_LEFT = 330;

/** Small multiples: a row a policy, a hollow mark for the simulator and a filled one for the engine. */
export function dotPlot(data: readonly DotPlotPanel[], title: string): Mark {
  const rows = data[0]?.rows.length ?? 0;
  const columns = 3;
  const longest = Math.max(0, ...(data[0]?.rows ?? []).map(({ label }) => label.length));
  const left = Math.min(MOST_LEFT, Math.max(LEAST_LEFT, 22 + 6.5 * longest));
  const options = { columns, height: rows * ROW, gap: 64, left, top: 34, below: 78 };
  const grid = panels(data.length, options);
  return chart(
    'dot-plot',
    grid.total - 18,
    title,
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      return h(
        'g',
        { class: 'panel', transform: `translate(${x},${y})` },
        drawPanel(panel, grid.width, i % columns === 0),
      );
    }),
  );
}

function drawPanel(panel: DotPlotPanel, width: number, labels: boolean): Mark[] {
  const height = panel.rows.length * ROW;
  const values = panel.rows.flatMap((row) => [
    ...[row.simulated ?? 0, row.real ?? 0, row.interval?.high ?? 0],
  ]);
  const scale = scaleLinear([0, Math.max(...values, 1e-9) * 1.04], [0, width - 62]).nice(4);
  const unit = panel.unit === 'share' || panel.unit === 'count' ? '' : `, ${panel.unit}`;
  const better = panel.better === 'neither' ? '' : ` · ${panel.better} is better`;
  return [
    h('text', { class: 'panel-title', y: -14 }, `${panel.title}${unit}`),
    h('text', { class: 'panel-note', x: width, y: -14, 'text-anchor': 'end' }, better.slice(3)),
    bottomAxis(scale, height, { ticks: ticksThatFit(scale), format: number, grid: height }),
    ...panel.rows.map((row, i) => drawRow(row, i, panel, { scale, width, labels })),
  ];
}

/** Four ticks, or fewer where their numbers would touch. */
function ticksThatFit(scale: NumberScale): number {
  const widest = 6.5 * number(scale.domain()[1]!).length + 12;
  return Math.max(2, Math.min(4, Math.floor(scale.range()[1]! / widest)));
}

function drawRow(
  row: DotPlotRow,
  index: number,
  panel: DotPlotPanel,
  { scale, width, labels }: { scale: (value: number) => number; width: number; labels: boolean },
): Mark {
  const y = index * ROW + ROW / 2;
  const { simulated, real } = row;
  const error = simulated !== null && real ? (100 * (simulated - real)) / real : null;
  const tip = (world: string, value: number) =>
    `${row.label}, ${world}: ${panel.title} ${withUnit(value, panel.unit)}`;
  return h(
    'g',
    { class: 'row' },
    labels
      ? h('text', { class: 'label', x: -12, y, dy: '0.32em', 'text-anchor': 'end' }, row.label)
      : null,
    simulated !== null && real !== null
      ? h('line', { class: 'pair', x1: scale(simulated), x2: scale(real), y1: y, y2: y })
      : null,
    row.interval ? drawInterval(row, panel, y, scale) : null,
    // The engine's mark is the smaller one and lies on top: where both agree it is ringed.
    simulated === null
      ? null
      : point(row.series, scale(simulated), y, {
          className: 'simulated',
          area: 84,
          tip: tip('simulated', simulated),
        }),
    real === null
      ? null
      : point(row.series, scale(real), y, { className: 'real', area: 38, tip: tip('real', real) }),
    h(
      'text',
      { class: 'value', x: width, y, dy: '0.32em', 'text-anchor': 'end' },
      error === null ? withUnit(real ?? simulated, '') : signedPercent(error),
    ),
  );
}

/** From end to end of what was predicted, with a stop at each. */
function drawInterval(
  { interval, label }: DotPlotRow,
  panel: DotPlotPanel,
  y: number,
  scale: (value: number) => number,
): Mark {
  const { low, high, level } = interval!;
  const [left, right] = [scale(Math.max(0, low)).toFixed(1), scale(high).toFixed(1)];
  const range = `${withUnit(low, panel.unit)} to ${withUnit(high, panel.unit)}`;
  return h('path', {
    class: 'expected',
    d: `M${left},${y - 5}v10m0,-5H${right}m0,-5v10`,
    'data-tip': `${label}: ${panel.title} expected in ${range} with ${number(level * 100)} %`,
  });
}
