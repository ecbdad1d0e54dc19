import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../data/run-detail.ts';
import { variedOf } from '../facts/varied.ts';
import { type Mark, marksOf } from '../marks/mark.ts';
import { discover } from '../site/discover.ts';
import { hang } from '../testing/gallery.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySweep, tinyValidation, writeRun } from '../testing/tiny-site.ts';
import { comparisonsFigure } from './comparisons-figure.ts';
import { runsFigure } from './runs-figure.ts';
import { seriesFigure } from './series-figure.ts';
import { sweepFigures } from './sweep-figure.ts';
import { validationFigure } from './validation-figure.ts';

const data = tinyReport();
const texts = (marks: readonly Mark[]) => marks.map((mark) => mark.children.join(''));

test('metrics over what was varied: a line a policy and world, a mark a comparison', async () => {
  const comparisons = [3, 6, 9].map((requests) => ({
    ...data.comparison,
    workload: { kind: 'synthetic', requests },
  }));
  const varied = variedOf(comparisons)!;
  expect(varied).toEqual({ key: 'requests', values: [3, 6, 9] });
  const { drawing, table } = seriesFigure(comparisons, varied, data.signs);
  expect(marksOf(drawing, 'panel')).toHaveLength(4);
  expect(marksOf(drawing, 'line')).toHaveLength(4 * 2 * 2);
  expect(marksOf(drawing, 'point').filter((p) => p.attributes['data-tip'])).toHaveLength(
    4 * 2 * 2 * 3,
  );
  expect(table.rows).toHaveLength(3 * 2 * 4);
  await hang('series', drawing);
});

test('of many comparisons the simulator is off by the least to the most', () => {
  const comparisons = [1, 2, 4, 8, 16].map((requests, i) => ({
    ...data.comparison,
    workload: { kind: 'synthetic', requests },
    cells: data.comparison.cells.map((cell) => {
      const { metrics } = cell.simulated!;
      const real = cell.real!.metrics.values.generatedTokensPerSecond!;
      const generatedTokensPerSecond = real * [1.01, 0.97, 1, 1.04, 1.02][i]!;
      const values = { ...metrics.values, generatedTokensPerSecond };
      return { ...cell, simulated: { ...cell.simulated!, metrics: { ...metrics, values } } };
    }),
  }));
  const { finding } = seriesFigure(comparisons, variedOf(comparisons)!, data.signs);
  expect(finding).toMatch(/the simulator is off by −3\.0 % to \+4\.0 %\.$/);
});

test('a sweep: a figure a setting of the other axes, with bands about its means', async () => {
  const [slots, paged] = sweepFigures(tinySweep(), data.signs);
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

test('a sweep without an axis of numbers: a row a policy, with the interval of its mean', () => {
  const sweep = tinySweep();
  const points = sweep.points.filter(
    ({ axes }) =>
      axes['workload.arrivals.requestsPerSecond'] === 1 && axes['memory.kind'] === 'slots',
  );
  const [figure] = sweepFigures({ ...sweep, axes: sweep.axes.slice(0, 1), points }, data.signs);
  const [first, ...others] = marksOf(figure!.drawing, 'expected');
  expect(others).toHaveLength(3 * 2 - 1);
  // Three seeds of 90, 100 and 110: Student's t of two degrees is 4.3.
  expect(first!.attributes['data-tip']).toMatch(
    /^temporal-fusion.*: 95 % confidence interval of the mean Generation, 75\.2 tokens\/s to 125 tokens\/s$/,
  );
  const once = points.map((point) => {
    const single = { estimate: 5, low: null, high: null, count: 1 };
    return { ...point, metrics: { ...point.metrics, e2eMsP50: single } };
  });
  const [other] = sweepFigures(
    { ...sweep, axes: sweep.axes.slice(0, 1), points: once },
    data.signs,
  );
  expect(marksOf(other!.drawing, 'expected')).toHaveLength(2 * 2);
  expect(figure!.note).toContain('whiskers are 95 % confidence intervals of the mean');
});

test('comparisons of many kinds: a row a policy of each', async () => {
  const named = ['llama-poisson', 'llama-bursts'].map((name) => ({ ...data.comparison, name }));
  const { drawing, finding } = comparisonsFigure(named, data.signs);
  expect(marksOf(drawing, 'row')).toHaveLength(3 * 4);
  expect(texts(marksOf(marksOf(drawing, 'row')[0]!, 'label'))).toEqual([
    'poisson, temporal-fusion',
  ]);
  // Medians by hand: 7.9 ms simulated for 9 real, 9 for 10.
  expect(finding).toBe(
    'By median E2E latency, in poisson temporal-fusion is ahead (9 ms; sequential 10 ms) and in bursts ' +
      'temporal-fusion is ahead (9 ms; sequential 10 ms); over 4 runs in two comparisons the simulated ' +
      'median E2E latency is off by 11.1 % on average, and by −12.2 % at most (poisson, temporal-fusion).',
  );
  await hang('comparisons', drawing);
});

test('runs of no comparison: a row a run, in its own world', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-runs-'));
  writeRun(join(folder, 'a'), {}, { world: 'engine' });
  writeRun(join(folder, 'b'), { unitNanos: 2e6 }, { world: 'simulator' });
  const { runs, signs } = discover([folder], { title: 'x', limits: DEFAULT_LIMITS });
  const all = runs.map(({ value }) => value);
  const { drawing, finding, table } = runsFigure(all, signs)!;
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
  expect(finding).toBe('Of 3 checks on A processor, 1 failed: bits (1).');
  await hang('checks', drawing);
});

test('a check that was interrupted or skipped did not fail, and looks otherwise', async () => {
  const tiny = tinyValidation();
  const [first] = tiny.checks;
  const { drawing, finding } = validationFigure({
    ...tiny,
    complete: false,
    checks: [
      first,
      { ...first, check: 'leaks', verdict: 'interrupted' },
      { ...first, check: 'crowd', verdict: 'skipped' },
    ],
  });
  expect(finding).toBe(
    'Of 3 checks on A processor, 1 was interrupted: leaks (1); 1 was skipped: crowd (1); ' +
      'it was stopped before its end.',
  );
  expect(marksOf(drawing, 'cross')).toHaveLength(0);
  expect(marksOf(drawing, 'failed')).toHaveLength(0);
  expect(marksOf(drawing, 'pause')).toHaveLength(1);
  expect(marksOf(drawing, 'dash')).toHaveLength(1);
  await hang('checks-interrupted', drawing);
});

test('what held before a validation was stopped is not all of it', () => {
  const tiny = tinyValidation();
  const checks = tiny.checks.filter(({ verdict }) => verdict === 'passed');
  expect(validationFigure({ ...tiny, checks, complete: false }).finding).toBe(
    'The 2 checks that ran hold on A processor, over 10,020 cases; it was stopped before its end.',
  );
});
