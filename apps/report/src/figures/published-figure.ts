import type { PublishedRow } from '@flover/metrics';
import { type SideBySidePanel, sideBySide } from '../charts/side-by-side.ts';
import { givenBy, isBeside, type PublishedGroup, subjectOf } from '../facts/published.ts';
import { everyOne, number, percent, signedPercent } from '../marks/format.ts';
import type { Figure } from './figure.ts';

/** What was published in one figure beside what was predicted for it. */
export function publishedFigure({ figure, rows }: PublishedGroup): Figure {
  // A quantity's models stand together.
  const quantities = [...new Set(rows.map(({ quantity }) => quantity))];
  const heads = quantities.flatMap((quantity) =>
    rows.filter(
      (row) => row.quantity === quantity && row === rows.find((other) => isBeside(other, row)),
    ),
  );
  const data = heads.map((head) =>
    panelOf(
      head,
      rows.filter((row) => isBeside(row, head)),
    ),
  );
  const finding = sentence(rows);
  const fitted = rows.some((row) => row.fitted);
  return {
    id: 'published',
    title: `Figure ${figure}`.replace(/^Figure (?!\d)/, ''),
    finding,
    note: `At the right: the signed error of the prediction${fitted ? ', or “fitted” where the published number was used to fit the device and nothing is predicted' : ''}. Whiskers hold 95 % of single draws where arrivals or lengths are drawn.`,
    drawing: sideBySide(data, finding),
    table: {
      caption: 'Published numbers and their predictions',
      columns: [
        ...['Figure', 'Model', 'GPUs', 'Quantity', 'Column', 'Unit', 'Published', 'Predicted'],
        ...['Low', 'High', 'Error, %', 'Given'],
      ],
      rows: rows.map((row) => [
        ...[row.figure, row.model, row.gpus, row.quantity, row.column, row.unit],
        ...[row.published, row.predicted, row.low, row.high],
        ...[row.errorPercent, givenBy(row) ?? 'no'],
      ]),
    },
  };
}

function panelOf(head: PublishedRow, rows: readonly PublishedRow[]): SideBySidePanel {
  return {
    title: head.quantity,
    subject: subjectOf(head),
    unit: head.unit,
    rows: rows.map((row) => ({
      label: row.column,
      published: row.published,
      predicted: row.predicted,
      interval: row.low === null || row.high === null ? null : { low: row.low, high: row.high },
      verdict: givenBy(row) ?? signedPercent(row.errorPercent),
      given: givenBy(row) !== undefined,
    })),
  };
}

function sentence(rows: readonly PublishedRow[]): string {
  const predicted = rows.filter((row) => givenBy(row) === undefined);
  const worst = [...predicted].sort(
    (a, b) => Math.abs(b.errorPercent) - Math.abs(a.errorPercent),
  )[0];
  if (worst === undefined) return `None of ${rows.length} numbers was predicted.`;
  const sizes = predicted.map(({ errorPercent }) => Math.abs(errorPercent)).sort((a, b) => a - b);
  const half = sizes[Math.ceil(sizes.length / 2) - 1]!;
  const within = sizes.filter((size) => size <= 5).length;
  const drawn = predicted.flatMap(({ low, high, published }) =>
    low === null || high === null ? [] : [published >= low && published <= high],
  );
  const held = drawn.filter(Boolean).length;
  const intervals =
    drawn.length === 0
      ? ''
      : `; ${number(held)} of ${number(drawn.length)} published draws lie among 95 % of ours`;
  const share =
    within === predicted.length
      ? `${everyOne(within, 'predicted number')} ${within === 1 ? 'is' : 'are'}`
      : `of ${number(predicted.length)} predicted numbers ${number(within)} ${within === 1 ? 'is' : 'are'}`;
  return (
    `${share[0]!.toUpperCase()}${share.slice(1)} within 5 %, half within ` +
    `${percent(half)}, and the worst is off by ${signedPercent(worst.errorPercent)} ` +
    `(${subjectOf(worst)}, ${worst.quantity}, ${worst.column})${intervals}.`
  );
}
