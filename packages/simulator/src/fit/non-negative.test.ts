import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastSquares } from './least-squares.ts';
import { fitNonNegative } from './non-negative.ts';

const plain = (targets: readonly number[]) => (rows: readonly (readonly number[])[]) =>
  leastSquares(
    rows,
    targets,
    targets.map(() => 1),
  );

const value = fc.integer({ min: -50, max: 50 });
const sample = fc.tuple(value, value, value);

function squares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  solution: readonly number[],
): number {
  return rows.reduce((sum, row, i) => {
    const error = row.reduce((dot, x, column) => dot + x * solution[column], 0) - targets[i];
    return sum + error * error;
  }, 0);
}

test('where least squares is not negative it is the answer', () => {
  const rows = [
    [1, 0],
    [1, 1],
    [1, 2],
  ];
  const solution = fitNonNegative(rows, [0, 1], plain([1, 3, 5]));
  expect(solution?.[0]).toBeCloseTo(1, 9);
  expect(solution?.[1]).toBeCloseTo(2, 9);
});

test('the others are fitted anew without a column that came out negative', () => {
  // Falls: a line would be 5 - 2x; with no slope the best is the mean.
  const rows = [
    [1, 0],
    [1, 1],
    [1, 2],
  ];
  const solution = fitNonNegative(rows, [1], plain([5, 3, 1]));
  expect(solution?.[0]).toBeCloseTo(3, 9);
  expect(solution?.[1]).toBe(0);
});

test('a column that is not bounded may be negative', () => {
  const rows = [
    [1, 0],
    [1, 1],
    [1, 2],
  ];
  expect(fitNonNegative(rows, [1], plain([-2, -1, 0]))?.[0]).toBeCloseTo(-2, 9);
});

test('a column that was left out is taken back where it does without the one beside it', () => {
  const rows = [
    [48, -1],
    [25, 1],
    [-46, 50],
    [-49, 34],
  ];
  // Both come out negative together, and the first alone too; the second alone does not.
  const solution = fitNonNegative(rows, [0, 1], plain([-15, -25, -4, 8]));
  expect(solution?.[0]).toBe(0);
  expect(solution?.[1]).toBeCloseTo(62 / 3658, 9);
});

test('without rows there is no answer', () => {
  expect(fitNonNegative([], [0], plain([]))).toBeUndefined();
});

test('with two columns nothing that is not negative fits better', () => {
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 4, maxLength: 12 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (samples, a, b) => {
        const rows = samples.map(([x, y]) => [x, y]);
        const targets = samples.map(([, , target]) => target);
        const solution = fitNonNegative(rows, [0, 1], plain(targets));
        fc.pre(solution !== undefined);
        if (solution === undefined) return;
        expect(Math.min(...solution)).toBeGreaterThanOrEqual(0);
        const best = Math.min(
          squares(rows, targets, [a, b]),
          squares(rows, targets, [a, 0]),
          squares(rows, targets, [0, b]),
          squares(rows, targets, [0, 0]),
        );
        expect(squares(rows, targets, solution)).toBeLessThanOrEqual(best * (1 + 1e-9) + 1e-6);
      },
    ),
  );
});
