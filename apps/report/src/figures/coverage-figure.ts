import { intervalCoverage, metricDefinition } from '@flover/metrics';
import { scaleLinear } from 'd3';
import { chart } from '../charts/chart.ts';
import { AIMS } from '../facts/aims.ts';
import type { PredictedCells } from '../facts/both-worlds.ts';
import { bottomAxis } from '../marks/axis.ts';
import { countWord, number, percent } from '../marks/format.ts';
import { h, type Mark } from '../marks/mark.ts';
import { point } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

const ROW = 28;
const LEFT = 158;
const WIDTH = 640;

interface Row {
  readonly name: string;
  readonly level: number;
  readonly predicted: number;
  readonly covered: number;
  readonly share: number;
}

/** How often real values lay in their prediction intervals; none where nothing was claimed. */
export function coverageFigure({ cells }: PredictedCells): Figure | undefined {
  const splits = cells.flatMap(({ cell }) => (cell.split ? [cell.split] : []));
  const all = intervalCoverage(splits);
  if (all === null) return undefined;
  const rows: Row[] = [
    { name: 'All metrics', ...all },
    ...AIMS.flatMap(({ key }) => {
      const coverage = intervalCoverage(splits, key);
      return coverage ? [{ name: metricDefinition(key)!.label, ...coverage }] : [];
    }),
  ];
  const claimed = percent(100 * all.level);
  const runs = splits.filter((split) => intervalCoverage([split]) !== null).length;
  const finding =
    `Prediction intervals that claim ${claimed} held ${number(all.covered)} of ${number(all.predicted)} ` +
    `values, ${percent(100 * all.share)}, over ${countWord(runs)} runs.`;
  return {
    id: 'coverage',
    title: 'Did the prediction intervals hold?',
    finding,
    note: 'The line is what was claimed; a mark left of it says that intervals were too narrow. Metrics of one run hang together, so that few runs say less than their count of values suggests.',
    drawing: drawing(rows, all.level, finding),
    table: {
      caption: 'Real values within their prediction intervals',
      columns: ['Metric', 'Claimed, %', 'Predicted', 'Covered', 'Covered, %'],
      rows: rows.map(({ name, level, predicted, covered, share }) => [
        ...[name, 100 * level, predicted, covered, 100 * share],
      ]),
    },
  };
}

function drawing(rows: readonly Row[], level: number, title: string): Mark {
  const height = rows.length * ROW;
  const x = scaleLinear([0, 100], [0, WIDTH]);
  const format = (value: number) => `${value} %`;
  const claimed = x(100 * level);
  return chart(
    'coverage',
    height + 70,
    title,
    h(
      'g',
      { transform: `translate(${LEFT},14)` },
      bottomAxis(x, height, { ticks: 5, format, grid: height, label: 'real values within' }),
      h('line', { class: 'zero', x1: claimed, x2: claimed, y2: height }),
      rows.map((row, i) => drawRow(row, i * ROW + ROW / 2, x)),
    ),
  );
}

function drawRow(row: Row, y: number, x: (value: number) => number): Mark {
  const text = `${number(row.covered)} of ${number(row.predicted)}`;
  const tip = `${row.name}: ${text} within, ${percent(100 * row.share)}; claimed ${percent(100 * row.level)}`;
  return h(
    'g',
    { class: 'row' },
    h('text', { x: -12, y, dy: '0.32em', 'text-anchor': 'end' }, row.name),
    point(0, x(100 * row.share), y, { className: 'real', tip }),
    h('text', { class: 'value', x: WIDTH + 16, y, dy: '0.32em' }, text),
  );
}
