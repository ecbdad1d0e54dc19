import { expect, test } from 'vitest';
import { runDetail } from '../data/run-detail.ts';
import { ecdfFigure } from '../figures/ecdf-figure.ts';
import { errorFigure } from '../figures/error-figure.ts';
import type { Figure } from '../figures/figure.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import { scatterFigure } from '../figures/scatter-figure.ts';
import { html } from '../marks/html.ts';
import { type Mark, marksOf } from '../marks/mark.ts';
import { CHART_STYLE } from '../pages/style-charts.ts';
import { PAGE_STYLE } from '../pages/style-page.ts';
import { hang, hangStyle } from '../testing/gallery.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinyTrace } from '../testing/tiny-run.ts';

const data = tinyReport();
const texts = (marks: readonly Mark[]) => marks.map((mark) => mark.children.join(''));

test('policies side by side: two marks a policy and metric, and the error', async () => {
  const { drawing } = policiesFigure(data.comparison, data.signs);
  expect(marksOf(drawing, 'panel')).toHaveLength(9);
  expect(marksOf(drawing, 'real')).toHaveLength(18);
  expect(marksOf(drawing, 'simulated')).toHaveLength(18);
  const tpot = texts(marksOf(drawing, 'value')).slice(2, 4);
  expect(tpot).toEqual(['−10.0 %', '−10.0 %']);
  await hang('policies', drawing);
});

test('a prediction interval reaches from end to end, wider than the marks', () => {
  const cells = data.comparison.cells.map((cell, i) => {
    const intervals = { e2eMsP50: { low: 6, high: 11, level: 0.9 } };
    return i === 0 ? { ...cell, simulated: { ...cell.simulated!, intervals } } : cell;
  });
  const { drawing } = policiesFigure({ ...data.comparison, cells }, data.signs, ['e2eMsP50']);
  const [expected, ...others] = marksOf(drawing, 'expected');
  expect(others).toHaveLength(0);
  expect(expected!.attributes['data-tip']).toBe(
    'temporal-fusion: E2E p50 expected in 6 ms to 11 ms with 90 %',
  );
  const [left, right] = /M([\d.]+),.*H([\d.]+)/
    .exec(String(expected!.attributes.d))!
    .slice(1)
    .map(Number);
  for (const { attributes } of marksOf(drawing, 'point').slice(0, 2)) {
    const x = Number(/translate\(([\d.]+)/.exec(String(attributes.transform))![1]);
    expect(x).toBeGreaterThan(left!);
    expect(x).toBeLessThan(right!);
  }
});

test('request by request: a point a request of each policy in each panel', async () => {
  const { drawing, table } = scatterFigure(data)!;
  expect(marksOf(drawing, 'request')).toHaveLength(3 * 2 * 3);
  expect(table.rows).toHaveLength(6);
  for (const p of marksOf(drawing, 'request')) {
    const [, x, y] = /translate\((.*),(.*)\)/.exec(String(p.attributes.transform))!;
    expect(Number(x)).toBeGreaterThan(0);
    // Predicted too short: below the diagonal, which falls from (0, side) to (width, 0).
    expect(Number(y)).toBeGreaterThan(290 - Number(x));
  }
  await hang('requests', drawing);
});

test('distributions: a line a policy and world, with a step for each request', async () => {
  const { drawing, table } = ecdfFigure(data)!;
  const lines = marksOf(drawing, 'line');
  expect(lines).toHaveLength(3 * 2 * 2);
  for (const line of lines) expect(String(line.attributes.d).match(/V/g)).toHaveLength(3);
  expect(table.rows).toHaveLength(12);
  await hang('distributions', drawing);
});

test('thousands of requests stay light: their table has all, their drawings what can be seen', () => {
  const runs = Object.fromEntries(
    Object.entries(data.runs).map(([folder, run], i) => {
      const requests = Array.from({ length: 2000 }, (_, k) => [k * 2, 1 + ((k + i) % 9)] as const);
      return [folder, { ...runDetail(tinyTrace({ requests, slots: 4 })), world: run.world }];
    }),
  );
  const scattered = scatterFigure({ ...data, runs })!;
  expect(scattered.table.rows).toHaveLength(4000);
  expect(marksOf(scattered.drawing, 'request').length).toBeLessThanOrEqual(3 * 800);
  expect(scattered.note).toContain('Of each 5 requests one is drawn.');
  const distributed = ecdfFigure({ ...data, runs })!;
  expect(html(distributed.drawing).length).toBeLessThan(200_000);
});

test('where the error comes from: two parts that add up', async () => {
  const { drawing, table } = errorFigure(data.comparison)!;
  expect(marksOf(drawing, 'row')).toHaveLength(4 * 2);
  expect(marksOf(drawing, 'part')).toHaveLength(4 * 2 * 2 + 2);
  for (const [, , cost, divergence, total] of table.rows as [string, string, ...number[]][]) {
    expect(cost! + divergence!).toBeCloseTo(total!, 9);
  }
  await hang('error', drawing);
});

test('an experiment in one world has no figures that need two', () => {
  const cells = data.comparison.cells.map(({ real, split, ...cell }) => cell);
  const comparison = { ...data.comparison, cells };
  expect(scatterFigure({ ...data, comparison })).toBeUndefined();
  expect(errorFigure(comparison)).toBeUndefined();
  expect(ecdfFigure({ ...data, comparison, runs: {} })).toBeUndefined();
  const figures: Figure[] = [
    policiesFigure(comparison, data.signs),
    ecdfFigure({ ...data, comparison })!,
  ];
  for (const { drawing } of figures) {
    expect(marksOf(drawing, 'simulated').length).toBeGreaterThan(0);
    expect(marksOf(drawing, 'panel').flatMap((p) => marksOf(p, 'real'))).toHaveLength(0);
  }
});

test('the style that the gallery wears', async () => {
  await hangStyle(`${PAGE_STYLE}${CHART_STYLE}`);
});
