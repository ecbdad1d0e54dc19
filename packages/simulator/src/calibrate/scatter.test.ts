import { expect, test } from 'vitest';
import type { Sample } from './samples.ts';
import { scatterOf } from './scatter.ts';

/** Works whose measured / fitted ratios are given run by run. */
function scatter(runs: readonly (readonly number[])[]) {
  const samples = runs.flatMap((ratios, run) =>
    ratios.map((ratio) => ({ run: `${run}`, rowsNanos: ratio }) as unknown as Sample),
  );
  return scatterOf(samples, (s) => s.rowsNanos);
}

test('what whole runs have in common is told from what single works have', () => {
  const common = scatter([
    [1.02, 1.02, 1.02],
    [0.98, 0.98, 0.98],
  ]);
  expect(common.betweenPercent).toBeCloseTo(2, 9);
  expect(common.withinPercent).toBeCloseTo(0, 9);
  const own = scatter([
    [0.99, 1, 1.01],
    [1.01, 1, 0.99],
  ]);
  expect(own.betweenPercent).toBe(0);
  expect(own.withinPercent).toBeCloseTo(1, 9);
});

test('an error that all runs share counts as between them', () => {
  const lasting = scatter([
    [1.03, 1.03, 1.03],
    [1.03, 1.03, 1.03],
  ]);
  expect(lasting.betweenPercent).toBeCloseTo(3, 9);
});

test('one straggler is drawn in, and runs of two works say nothing', () => {
  const calm = [0.99, 1, 1.01, 0.99, 1, 1.01];
  expect(scatter([[...calm, 9]]).withinPercent).toBeLessThan(4);
  expect(scatter([[1.5, 0.5]])).toEqual({ runs: 0, betweenPercent: 0, withinPercent: 0 });
});

test('what a fit has bent to is put back', () => {
  const errors = [
    [1.02, 1.02, 1.02],
    [0.98, 0.98, 0.98],
    [1, 1, 1],
    [1, 1, 1],
  ];
  const samples = errors.flatMap((ratios, run) =>
    ratios.map((ratio) => ({ run: `${run}`, rowsNanos: ratio }) as unknown as Sample),
  );
  const [plain, bent, most] = [0, 2, 9].map((n) => scatterOf(samples, (s) => s.rowsNanos, n));
  expect(bent!.betweenPercent / plain!.betweenPercent).toBeCloseTo(Math.sqrt(2), 9);
  expect(most!.betweenPercent / plain!.betweenPercent).toBeCloseTo(2, 9);
});
