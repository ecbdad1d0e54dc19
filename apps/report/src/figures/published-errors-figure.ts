import type { PublishedComparison, PublishedRow } from '@flover/metrics';
import { chart } from '../charts/chart.ts';
import { givenBy, subjectOf } from '../facts/published.ts';
import { bottomAxis } from '../marks/axis.ts';
import { errorScale, signedTick } from '../marks/error-scale.ts';
import { number, percent, signedPercent } from '../marks/format.ts';
import { bandEntry, legend, seriesEntries } from '../marks/legend.ts';
import { h, type Mark } from '../marks/mark.ts';
import { inOrder, point } from '../marks/symbols.ts';
import type { Figure } from './figure.ts';

const ROW = 24;
const LEFT = 470;
const WIDTH = 540;
const AIM = 5;
/** What these do to each other is not known: their rows are bounds. */
const OTHERS = /FasterTransformer|TensorRT-LLM/;

/** Signed errors of every predicted number, a row a quantity of a figure. */
export function publishedErrorsFigure({ rows }: PublishedComparison): Figure | undefined {
  const predicted = rows.filter((row) => givenBy(row) === undefined);
  if (predicted.length === 0) return undefined;
  const subjects = [...new Set(predicted.map(subjectOf))];
  const finding = sentence(predicted);
  return {
    id: 'published-errors',
    title: 'All predictions at a glance',
    finding,
    note: `A mark a published number, by model; numbers that were fitted, or are 1 by definition, are left out. The band is ±${AIM} %, the aim for Flover’s own rows. The axis is linear within ±1 % and logarithmic beyond.`,
    drawing: drawing(predicted, subjects, finding),
    table: {
      caption: 'Signed errors of all predictions, percent of the published number',
      columns: ['Figure', 'Quantity', 'Model', 'Column', 'Error, %'],
      rows: predicted.map((row) => [
        ...[row.figure, row.quantity, subjectOf(row), row.column, row.errorPercent],
      ]),
    },
  };
}

function sentence(rows: readonly PublishedRow[]): string {
  const others = rows.filter(({ quantity }) => OTHERS.test(quantity));
  const own = rows.filter((row) => !others.includes(row));
  const parts = [
    ...(own.length > 0 ? [`of ${number(own.length)} numbers of Flover’s own ${tally(own)}`] : []),
    ...(others.length > 0
      ? [`of ${number(others.length)} that involve another system ${tally(others)}`]
      : []),
  ];
  return `Predicted from times of single requests, ${parts.join('; ')}.`;
}

function tally(rows: readonly PublishedRow[]): string {
  const sizes = rows.map(({ errorPercent }) => Math.abs(errorPercent)).sort((a, b) => a - b);
  const within = (limit: number) => number(sizes.filter((size) => size <= limit).length);
  const half = percent(sizes[Math.ceil(sizes.length / 2) - 1]!);
  return `${within(AIM)} are within ${AIM} % and ${within(20)} within 20 %, half of them within ${half}`;
}

function drawing(rows: readonly PublishedRow[], subjects: readonly string[], title: string): Mark {
  const names = [...new Set(rows.map(nameOf))];
  const key = legend([...seriesEntries(inOrder(subjects)), bandEntry(`±${AIM} %`)], LEFT - 200, 12);
  const height = names.length * ROW;
  const reach = 1.15 * Math.max(2 * AIM, ...rows.map(({ errorPercent }) => Math.abs(errorPercent)));
  const x = errorScale(reach, [0, WIDTH], 20);
  const axis = { ticks: 12, format: signedTick, grid: height, label: 'error, %' };
  const top = 36 + key.height;
  return chart(
    'published-errors',
    top + height + 50,
    title,
    key.mark,
    h(
      'g',
      { transform: `translate(${LEFT},${top})` },
      h('rect', { class: 'band', x: x(-AIM), width: x(AIM) - x(-AIM), height }),
      bottomAxis(x, height, axis),
      h('line', { class: 'zero', x1: x(0), x2: x(0), y2: height }),
      names.map((name, i) =>
        drawRow(
          name,
          rows.filter((row) => nameOf(row) === name),
          { y: i * ROW + ROW / 2, x, subjects },
        ),
      ),
    ),
  );
}

function nameOf({ figure, quantity }: PublishedRow): string {
  return `${figure.replace(/,? vs.*/, '')}: ${quantity}`;
}

function drawRow(
  name: string,
  rows: readonly PublishedRow[],
  { y, x, subjects }: { y: number; x: (value: number) => number; subjects: readonly string[] },
): Mark {
  const marks = rows.map((row) => {
    const error = row.errorPercent;
    const values = `published ${number(row.published)} ${row.unit}, predicted ${number(row.predicted)}`;
    const tip = `${subjectOf(row)}, ${row.quantity}, ${row.column}: ${values}, ${signedPercent(error)}`;
    const series = subjects.indexOf(subjectOf(row));
    return point(series, x(error), y, { className: 'request', area: 46, tip });
  });
  const size = rows.reduce((sum, row) => sum + Math.abs(row.errorPercent), 0) / rows.length;
  return h(
    'g',
    { class: 'row' },
    h('text', { x: -62, y, dy: '0.32em', 'text-anchor': 'end' }, name),
    h('text', { class: 'value', x: -12, y, dy: '0.32em', 'text-anchor': 'end' }, percent(size)),
    marks,
  );
}
