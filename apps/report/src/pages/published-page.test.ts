import { expect, test } from 'vitest';
import { html } from '../marks/html.ts';
import { type Mark, marksOf } from '../marks/mark.ts';
import { hang } from '../testing/gallery.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinyPublished, tinySite } from '../testing/tiny-data.ts';
import type { PlacedFigure } from './page.ts';
import { publishedPages } from './published-page.ts';

const tiny = tinyReport().comparison;

function figuresOf(parts: Parameters<typeof tinySite>[0]) {
  const [page] = publishedPages(tinySite({ published: [tinyPublished()], ...parts }));
  const placed = page!.content.filter((part): part is PlacedFigure => 'figure' in part);
  return new Map(placed.map(({ figure }) => [figure.id, figure]));
}

/** Two seconds a request and one for all. */
const constant = (requests: number) => ({
  ...tiny,
  name: `constant-${requests}`,
  workload: { requests, arrivals: { kind: 'constant', intervalMs: 500 } },
  cells: tiny.cells.map((cell) => {
    const { metrics } = cell.real!;
    const values = { ...metrics.values, makespanSeconds: 1 + 2 * requests };
    return { ...cell, real: { ...cell.real!, metrics: { ...metrics, values } } };
  }),
});

test('two marks a published number, and whoever fitted nothing is told apart', async () => {
  const figure = figuresOf({}).get('published-1')!;
  expect(figure.title).toBe('Figure 4a');
  expect(marksOf(figure.drawing, 'panel')).toHaveLength(2);
  expect(marksOf(figure.drawing, 'row')).toHaveLength(6);
  expect(marksOf(figure.drawing, 'given')).toHaveLength(1);
  expect(marksOf(figure.drawing, 'value').map(({ children }) => children[0])).toEqual([
    ...['fitted', '+2.5 %', '+20.0 %'],
    ...['0.0 %', '+2.5 %', '+20.0 %'],
  ]);
  // One was fitted: of 0, 2.5, 2.5, 20 and 20 % three are within 5 %.
  expect(figure.finding).toMatch(/^Of 5 predicted numbers 3 are within 5 %, half within 2.5 %/);
  await hang('published', figure.drawing);
});

test('draws have whiskers, and it is counted how many hold the published one', () => {
  const figure = figuresOf({}).get('published-2')!;
  expect(marksOf(figure.drawing, 'whisker')).toHaveLength(2);
  // 50 is not in [30, 45], 20 is in [15, 25].
  expect(figure.finding).toContain('1 of 2 published draws lie among 95 % of ours');
});

test('all errors at a glance, without those that were fitted', async () => {
  const figure = figuresOf({}).get('published-errors')!;
  expect(marksOf(figure.drawing, 'request')).toHaveLength(7);
  expect(marksOf(figure.drawing, 'row')).toHaveLength(2);
  expect(figure.finding).toMatch(/of 7 numbers of Flover’s own 4 are within 5 % and 7 within 20 %/);
  await hang('published-errors', figure.drawing);
});

test('our own runs stand beside them over a measure of their own, never as times', async () => {
  expect([...figuresOf({}).keys()].some((id) => id.startsWith('shape'))).toBe(false);
  const comparisons = [constant(1), constant(3)];
  const figure = figuresOf({ comparisons }).get('shape-requests')!;
  // Only what both have: time of all, of the one model that ran.
  expect(marksOf(figure.drawing, 'panel')).toHaveLength(1);
  const values = (who: RegExp) =>
    figure.table.rows
      .filter(([, , whose, world]) => who.test(`${whose}, ${world}`))
      .map((row) => row[4]);
  expect(values(/^published/)).toEqual([1, 1.2, 2]);
  expect(values(/processor, real/)).toEqual([1, 7 / 3]);
  // The simulated times of both are the same, so its shape is flat: a line of its own.
  expect(values(/processor, simulated/)).toEqual([1, 1]);
  expect(marksOf(figure.drawing, 'line')).toHaveLength(3);
  await hang('shapes', figure.drawing);
});

test('every assumption is listed, and what was fitted', () => {
  const [page] = publishedPages(tinySite({ published: [tinyPublished()] }));
  const text = page!.content.map((part) => ('tag' in part ? html(part as Mark) : '')).join('');
  for (const assumption of tinyPublished().assumptions) expect(text).toContain(assumption);
  expect(text).toContain('2.5 ms');
  expect(publishedPages(tinySite({}))).toEqual([]);
});
