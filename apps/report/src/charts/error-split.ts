import { scaleLinear } from 'd3';
import { bottomAxis } from '../marks/axis.ts';
import { signedTick } from '../marks/error-scale.ts';
import { signedPercent } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { chart, hatch, panels, roomFor } from './chart.ts';

export interface SplitRow {
  readonly label: string;
  /** Percent of the real value; together the error of the simulation. */
  readonly costModelPercent: number | null;
  readonly divergencePercent: number | null;
}

export interface SplitPanel {
  readonly title: string;
  readonly rows: readonly SplitRow[];
}

const ROW = 26;
const BAR = 12;
const LEAST_LEFT = 158;

/**
 * Signed bars that stack to the error: solid from the cost model, hatched from other decisions; `id`
 * is unique on the page.
 */
export function errorSplit(data: readonly SplitPanel[], title: string, id: string): Mark {
  const rows = data[0]?.rows.length ?? 0;
  const labels = (data[0]?.rows ?? []).map(({ label }) => label);
  const left = roomFor(labels, LEAST_LEFT);
  const columns = Math.min(4, data.length);
  const options = { columns, height: rows * ROW, gap: 30, left, top: 64, below: 48 };
  const grid = panels(data.length, options);
  const reach = reachOf(data);
  return chart(
    'error-split',
    grid.total,
    title,
    h('defs', {}, hatch(`hatch-${id}`, 'divergence')),
    key(left, `url(#hatch-${id})`),
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      const look = { width: grid.width, labels: i % columns === 0, hatching: `url(#hatch-${id})` };
      const content = drawPanel(panel, look, reach);
      return h('g', { class: 'panel', transform: `translate(${x},${y})` }, content);
    }),
  );
}

function key(left: number, hatching: string): Mark {
  const entry = (x: number, className: string, text: string, fill?: string) => [
    h('rect', { class: className, fill, x, y: 6, width: 18, height: BAR }),
    h('text', { x: x + 26, y: 12, dy: '0.32em' }, text),
  ];
  return h(
    'g',
    { class: 'legend', 'aria-hidden': 'true' },
    entry(left, 'part cost-model', 'cost model: same decisions, other durations'),
    entry(left + 330, 'part divergence', 'divergence: other decisions', hatching),
    h('path', { class: 'total', d: `M${left + 570},4v16` }),
    h('text', { x: left + 580, y: 12, dy: '0.32em' }, 'both together'),
  );
}

function reachOf(data: readonly SplitPanel[]): readonly [number, number] {
  const ends = data.flatMap((panel) =>
    panel.rows.flatMap(({ costModelPercent: c, divergencePercent: d }) => {
      const parts = [c ?? 0, d ?? 0];
      return [
        parts.filter((p) => p < 0).reduce((a, b) => a + b, 0),
        parts.filter((p) => p > 0).reduce((a, b) => a + b, 0),
      ];
    }),
  );
  return [Math.min(-1, ...ends), Math.max(1, ...ends)];
}

interface Look {
  readonly width: number;
  /** Whether rows are named here. */
  readonly labels: boolean;
  /** What divergence is filled with. */
  readonly hatching: string;
}

function drawPanel(panel: SplitPanel, look: Look, reach: readonly [number, number]): Mark[] {
  const height = panel.rows.length * ROW;
  const scale = scaleLinear(reach, [0, look.width - 58]).nice(4);
  return [
    h('text', { class: 'panel-title', y: -12 }, panel.title),
    bottomAxis(scale, height, { ticks: 3, format: signedTick, grid: height, label: '% of real' }),
    h('line', { class: 'zero', x1: scale(0), x2: scale(0), y2: height }),
    ...panel.rows.map((row, i) => drawRow(row, i, scale, { ...look, metric: panel.title })),
  ];
}

function drawRow(
  row: SplitRow,
  index: number,
  scale: (value: number) => number,
  { width, labels, hatching, metric }: Look & { readonly metric: string },
): Mark {
  const y = index * ROW + ROW / 2;
  const { costModelPercent: cost, divergencePercent: divergence } = row;
  const name = labels
    ? h('text', { x: -12, y, dy: '0.32em', 'text-anchor': 'end' }, row.label)
    : null;
  if (cost === null || divergence === null) return h('g', { class: 'row' }, name);
  // The second part goes on from the first where both point the same way.
  const from = Math.sign(cost) === Math.sign(divergence) ? cost : 0;
  const total = cost + divergence;
  const parts = `cost model ${signedPercent(cost)}, divergence ${signedPercent(divergence)}`;
  const tip = `${row.label}, ${metric}: ${signedPercent(total)} = ${parts}`;
  const bar = (className: string, a: number, b: number, fill?: string) =>
    h('rect', {
      class: `part ${className}`,
      fill,
      x: Math.min(scale(a), scale(b)),
      y: y - BAR / 2,
      width: Math.abs(scale(b) - scale(a)),
      height: BAR,
      'data-tip': tip,
    });
  return h(
    'g',
    { class: 'row' },
    name,
    bar('cost-model', 0, cost),
    bar('divergence', from, from + divergence, hatching),
    h('path', { class: 'total', d: `M${scale(total).toFixed(2)},${y - 9}v18` }),
    h(
      'text',
      { class: 'value', x: width, y, dy: '0.32em', 'text-anchor': 'end' },
      signedPercent(total),
    ),
  );
}
