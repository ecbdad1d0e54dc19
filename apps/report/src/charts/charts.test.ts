import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, runDetail } from '../data/run-detail.ts';
import { variedOf } from '../facts/varied.ts';
import { comparisonsFigure } from '../figures/comparisons-figure.ts';
import { ecdfFigure } from '../figures/ecdf-figure.ts';
import { errorFigure } from '../figures/error-figure.ts';
import type { Figure } from '../figures/figure.ts';
import { policiesFigure } from '../figures/policies-figure.ts';
import { runsFigure } from '../figures/runs-figure.ts';
import { scatterFigure } from '../figures/scatter-figure.ts';
import { seriesFigure } from '../figures/series-figure.ts';
import { sweepFigures } from '../figures/sweep-figure.ts';
import { validationFigure } from '../figures/validation-figure.ts';
import { html } from '../marks/html.ts';
import { type Mark, marksOf } from '../marks/mark.ts';
import { CHART_STYLE } from '../pages/style-charts.ts';
import { PAGE_STYLE } from '../pages/style-page.ts';
import { discover } from '../site/discover.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinyTrace } from '../testing/tiny-run.ts';
import { tinySweep, tinyValidation, writeRun } from '../testing/tiny-site.ts';
import { overview } from './overview.ts';
import { runChart } from './run-chart.ts';

const data = tinyReport();
const GALLERY = '../../test/fixtures/gallery';

/** Drawings are kept as files that open in a browser, with the page's style: the gallery. */
async function hang(name: string, drawing: Mark): Promise<void> {
  const svg = html(drawing).replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  const styled = `<?xml-stylesheet type="text/css" href="style.css"?>\n${svg}\n`;
  await expect(styled).toMatchFileSnapshot(`${GALLERY}/${name}.svg`);
}

const texts = (marks: readonly Mark[]) => marks.map((mark) => mark.children.join(''));

test('policies side by side: two marks a policy and metric, and the error', async () => {
  const { drawing } = policiesFigure(data.comparison);
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
  const { drawing } = policiesFigure({ ...data.comparison, cells }, ['e2eMsP50']);
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

test('a run: a mark a span, each naming its request; three panels under them', async () => {
  const run = runDetail(tinyTrace());
  const drawing = runChart(run, 'a run');
  const spans = marksOf(drawing, 'span').filter((mark) => mark.attributes['data-tip']);
  expect(spans).toHaveLength(run.spans.slot.length);
  const of = (phase: string) => spans.filter((mark) => mark.attributes.class === `span ${phase}`);
  expect(['prefill', 'decode', 'move', 'idle'].map((p) => of(p).length)).toEqual([3, 5, 1, 2]);
  expect(of('move')[0]!.tag).toBe('path');
  expect(of('idle')[1]!.attributes['data-tip']).toBe(
    'Request 1 waits in its slot: slot 1, from 7.0 ms for 3.0 ms',
  );
  expect(marksOf(drawing, 'steps')).toHaveLength(3);
  await hang('run', drawing);
});

test('a part of a run: only what lies in it, and nothing beyond the axis', () => {
  const run = runDetail(tinyTrace());
  const drawing = runChart(run, 'a part', [10_500, 11_100]);
  const spans = marksOf(drawing, 'span').filter((mark) => mark.attributes['data-tip']);
  expect(spans.map((mark) => mark.attributes['data-request']).sort()).toEqual([1, 1, 2]);
  for (const { attributes } of spans.filter((mark) => mark.tag === 'rect')) {
    expect(Number(attributes.x)).toBeGreaterThanOrEqual(0);
    expect(Number(attributes.x) + Number(attributes.width)).toBeLessThanOrEqual(962);
  }
});

test('the strip that is brushed', async () => {
  const drawing = overview(runDetail(tinyTrace()));
  expect(marksOf(drawing, 'step-area').length).toBeGreaterThan(0);
  await hang('overview', drawing);
});

test('metrics over what was varied: a line a policy and world, a mark a comparison', async () => {
  const comparisons = [3, 6, 9].map((requests) => ({
    ...data.comparison,
    workload: { kind: 'synthetic', requests },
  }));
  const varied = variedOf(comparisons)!;
  expect(varied).toEqual({ key: 'requests', values: [3, 6, 9] });
  const { drawing, table } = seriesFigure(comparisons, varied);
  expect(marksOf(drawing, 'panel')).toHaveLength(3);
  expect(marksOf(drawing, 'line')).toHaveLength(3 * 2 * 2);
  expect(marksOf(drawing, 'point').filter((p) => p.attributes['data-tip'])).toHaveLength(
    3 * 2 * 2 * 3,
  );
  expect(table.rows).toHaveLength(3 * 2 * 3);
  await hang('series', drawing);
});

test('a sweep: a figure a setting of the other axes, with bands about its means', async () => {
  const [slots, paged] = sweepFigures(tinySweep());
  expect([slots!.title, paged!.title]).toEqual([
    'tiny-sweep: kind slots',
    'tiny-sweep: kind paged',
  ]);
  expect(slots!.finding).toBe(
    'temporal-fusion reaches the highest generation, 1,600 tokens/s at 16 requests per second; ' +
      'of the others sequential comes to 50 % of it.',
  );
  expect(marksOf(slots!.drawing, 'line')).toHaveLength(3 * 2);
  const bands = marksOf(slots!.drawing, 'interval');
  expect(bands).toHaveLength(3 * 2);
  // There and back over three loads.
  for (const { attributes } of bands) expect(String(attributes.points).split(' ')).toHaveLength(6);
  await hang('sweep', slots!.drawing);
});

test('comparisons of many kinds: a row a policy of each', async () => {
  const named = ['llama-poisson', 'llama-bursts'].map((name) => ({ ...data.comparison, name }));
  const { drawing, finding } = comparisonsFigure(named);
  expect(marksOf(drawing, 'row')).toHaveLength(3 * 4);
  expect(texts(marksOf(marksOf(drawing, 'row')[0]!, 'label'))).toEqual([
    'poisson, temporal-fusion',
  ]);
  // Medians by hand: 7.9 ms simulated for 9 real, 9 for 10.
  expect(finding).toContain('off by 11.1 % on average, and by −12.2 % at most');
  await hang('comparisons', drawing);
});

test('runs of no comparison: a row a run, in its own world', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-runs-'));
  writeRun(join(folder, 'a'), {}, { world: 'engine' });
  writeRun(join(folder, 'b'), { unitNanos: 2e6 }, { world: 'simulator' });
  const { runs } = discover([folder], { title: 'x', limits: DEFAULT_LIMITS });
  const { drawing, finding, table } = runsFigure(runs.map(({ value }) => value))!;
  expect(marksOf(drawing, 'real')).toHaveLength(3);
  expect(marksOf(drawing, 'simulated')).toHaveLength(3);
  expect(finding).toBe(
    'temporal-fusion, seed 1, real: 3 requests were served with a median E2E latency of 9 ms; ' +
      '2 runs are side by side.',
  );
  expect(table.rows).toHaveLength(2);
  await hang('runs', drawing);
});

test('what was checked: a bar a kind of check, and a cross where one failed', async () => {
  const { drawing, finding } = validationFigure(tinyValidation());
  expect(marksOf(drawing, 'row')).toHaveLength(2);
  expect(marksOf(drawing, 'cross')).toHaveLength(1);
  expect(finding).toBe('Of 3 checks on A processor, 1 did not pass: bits (1).');
  await hang('checks', drawing);
});

test('a long run: neighbours thinner than a line are one mark that says so', async () => {
  const requests = Array.from({ length: 900 }, (_, i) => [i * 7, 1 + (i % 5)] as const);
  const run = runDetail(tinyTrace({ requests, slots: 4 }));
  const drawing = runChart(run, 'a long run');
  const merged = marksOf(drawing, 'merged');
  expect(merged.length).toBeGreaterThan(10);
  expect(String(merged[0]!.attributes['data-tip'])).toMatch(
    /^\d+ short spans of requests? \d+.*Zoom in\.$/,
  );
  expect(html(drawing).length).toBeLessThan(400_000);
  const close = runChart(run, 'a part', [0, run.endMicros / 400]);
  expect(marksOf(close, 'merged')).toHaveLength(0);
  expect(marksOf(close, 'decode').length).toBeGreaterThan(1);
});

test('an experiment in one world has no figures that need two', () => {
  const cells = data.comparison.cells.map(({ real, split, ...cell }) => cell);
  const comparison = { ...data.comparison, cells };
  expect(scatterFigure({ ...data, comparison })).toBeUndefined();
  expect(errorFigure(comparison)).toBeUndefined();
  expect(ecdfFigure({ comparison, runs: {} })).toBeUndefined();
  const figures: Figure[] = [policiesFigure(comparison), ecdfFigure({ ...data, comparison })!];
  for (const { drawing } of figures) {
    expect(marksOf(drawing, 'simulated').length).toBeGreaterThan(0);
    expect(marksOf(drawing, 'panel').flatMap((p) => marksOf(p, 'real'))).toHaveLength(0);
  }
});

test('the style that the gallery wears', async () => {
  await expect(`${PAGE_STYLE}${CHART_STYLE}`).toMatchFileSnapshot(`${GALLERY}/style.css`);
});
