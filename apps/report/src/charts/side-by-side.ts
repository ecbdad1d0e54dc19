import { scaleLinear } from 'd3';
import { bottomAxis } from '../marks/axis.ts';
import { number } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point, seriesClass } from '../marks/symbols.ts';
import { chart, panels, roomFor } from './chart.ts';

export interface SideBySideRow {
  readonly label: string;
  readonly published: number;
  readonly predicted: number;
  /** Where single draws lie; null where nothing is drawn. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** The signed error of the prediction, or why nothing was predicted. */
  readonly verdict: string;
  /** Nothing was predicted. */
  readonly given: boolean;
}

export interface SideBySidePanel {
  /** Two lines: what was measured, and of what. */
  readonly title: string;
  readonly subject: string;
  readonly unit: string;
  readonly rows: readonly SideBySideRow[];
}

const ROW = 22;
const LEAST_LEFT = 190;
const COLUMNS = 2;
const ERRORS = 66;

/** Small multiples: a row a published number, filled, and what was predicted for it, hollow. */
export function sideBySide(data: readonly SideBySidePanel[], title: string): Mark {
  const height = Math.max(...data.map(({ rows }) => rows.length)) * ROW;
  const labels = data.flatMap(({ rows }) => rows.map(({ label }) => label));
  const left = roomFor(labels, LEAST_LEFT);
  const grid = panels(data.length, {
    columns: COLUMNS,
    ...{ height, gap: 44, left, top: 76, below: 104 },
  });
  return chart(
    'side-by-side',
    grid.total - 44,
    title,
    key(left),
    data.map((panel, i) => {
      const { x, y } = grid.at(i);
      const marks = drawPanel(panel, grid.width, i % COLUMNS === 0);
      return h('g', { class: 'panel', transform: `translate(${x},${y})` }, marks);
    }),
  );
}

function key(left: number): Mark {
  return h(
    'g',
    { class: 'legend', 'aria-hidden': 'true' },
    point(0, left + 6, 12, { className: 'real', area: 38 }),
    h('text', { x: left + 17, y: 12, dy: '0.32em' }, 'published'),
    point(1, left + 106, 12, { className: 'simulated', area: 84 }),
    h('text', { x: left + 117, y: 12, dy: '0.32em' }, 'predicted, with 95 % of single draws'),
  );
}

function drawPanel(panel: SideBySidePanel, width: number, labels: boolean): Mark[] {
  const height = panel.rows.length * ROW;
  const ends = panel.rows.flatMap((row) => [
    ...[row.published, row.predicted, row.interval?.high ?? 0],
  ]);
  const x = scaleLinear([0, Math.max(...ends, 1e-9) * 1.04], [0, width - ERRORS]).nice(4);
  return [
    h('text', { class: 'panel-title', y: -30 }, panel.title),
    h('text', { class: 'panel-note', y: -13 }, `${panel.subject}, ${panel.unit}`),
    bottomAxis(x, height, { ticks: 4, format: number, grid: height }),
    ...panel.rows.map((row, i) => drawRow(row, i, panel, { x, width, labels })),
  ];
}

function drawRow(
  row: SideBySideRow,
  index: number,
  { title, subject, unit }: SideBySidePanel,
  { x, width, labels }: { x: (value: number) => number; width: number; labels: boolean },
): Mark {
  const y = index * ROW + ROW / 2;
  const { interval, verdict, published, predicted } = row;
  const expected = interval ? ` (${number(interval.low)} to ${number(interval.high)})` : '';
  const values = `published ${number(published)} ${unit}, predicted ${number(predicted)}${expected}`;
  const tip = `${subject}, ${title}, ${row.label}: ${values}, ${verdict}`;
  const whisker = interval && {
    ...{ class: `whisker ${seriesClass(1)}`, y1: y, y2: y },
    ...{ x1: x(interval.low), x2: x(interval.high) },
  };
  const label = h(
    'text',
    { class: 'label', x: -12, y, dy: '0.32em', 'text-anchor': 'end' },
    row.label,
  );
  return h(
    'g',
    { class: row.given ? 'row given' : 'row' },
    labels ? label : null,
    whisker ? h('line', whisker) : null,
    h('line', { class: 'pair', x1: x(published), x2: x(predicted), y1: y, y2: y }),
    point(1, x(predicted), y, { className: 'simulated', area: 84, tip }),
    point(0, x(published), y, { className: 'real', area: 38, tip }),
    h('text', { class: 'value', x: width, y, dy: '0.32em', 'text-anchor': 'end' }, verdict),
  );
}
