import fc from 'fast-check';
import { linearRegression } from 'simple-statistics';
import { expect, test } from 'vitest';
import { leastSquares } from './least-squares.ts';

const ones = (rows: readonly unknown[]) => rows.map(() => 1);
const coefficient = fc.integer({ min: -1000, max: 1000 });

test('agrees with simple-statistics in one variable', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100), coefficient), { minLength: 3 }), (points) => {
      fc.pre(new Set(points.map(([x]) => x)).size > 1);
      const { m, b } = linearRegression(points);
      const rows = points.map(([x]) => [1, x]);
      const solved = leastSquares(
        rows,
        points.map(([, y]) => y),
        ones(rows),
      );
      expect(solved?.[0]).toBeCloseTo(b, 6);
      expect(solved?.[1]).toBeCloseTo(m, 6);
    }),
  );
});

test('finds the coefficients that made exact targets, of columns of very different size', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [1, i, i * i * 1e6, Math.sin(i) * 1e-3]);
  const truth = [3e6, -2, 1e-5, 500];
  const targets = rows.map((row) => row.reduce((sum, x, i) => sum + x * truth[i], 0));
  const solved = leastSquares(rows, targets, ones(rows));
  truth.forEach((value, i) => {
    expect((solved?.[i] ?? 0) / value).toBeCloseTo(1, 6);
  });
});

test('the residual is orthogonal to every column, with weights', () => {
  const row = fc.tuple(coefficient, coefficient, coefficient, fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 4, maxLength: 30 }), (points) => {
      const rows = points.map(([a, b]) => [a, b]);
      const targets = points.map(([, , y]) => y);
      const weights = points.map(([, , , w]) => w);
      const solved = leastSquares(rows, targets, weights);
      fc.pre(solved !== undefined);
      for (const column of [0, 1]) {
        const dot = rows.reduce(
          (sum, r, i) =>
            sum + weights[i] * r[column] * (targets[i] - r[0] * solved[0] - r[1] * solved[1]),
          0,
        );
        const size = rows.reduce(
          (sum, r, i) => sum + weights[i] * Math.abs(r[column] * targets[i]),
          1,
        );
        expect(Math.abs(dot) / size).toBeLessThan(1e-6);
      }
    }),
  );
});

test('says so when columns are dependent or rows are too few', () => {
  expect(
    leastSquares(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      [1, 2, 3],
      [1, 1, 1],
    ),
  ).toBeUndefined();
  expect(leastSquares([[1, 2]], [1], [1])).toBeUndefined();
  expect(leastSquares([[0], [0]], [1, 1], [1, 1])).toBeUndefined();
});
