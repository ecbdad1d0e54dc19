import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseKnots, hatRow, interpolate } from './piecewise.ts';

const knotsAndValues = fc
  .uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 })
  .chain((list) => {
    const knots = [...list].sort((a, b) => a - b);
    const values = fc.array(fc.integer(), { minLength: knots.length, maxLength: knots.length });
    return fc.tuple(fc.constant(knots), values);
  });

test('goes through its knots, and hat rows are its design matrix', () => {
  fc.assert(
    fc.property(knotsAndValues, fc.integer({ min: 0, max: 1200 }), ([knots, values], x) => {
      knots.forEach((knot, i) => {
        expect(interpolate(knots, values, knot)).toBeCloseTo(values[i], 3);
      });
      const row = hatRow(knots, x);
      const sum = row.reduce((total, weight, i) => total + weight * values[i], 0);
      const size = Math.max(1, ...row.map((weight, i) => Math.abs(weight * values[i])));
      expect(Math.abs(sum - interpolate(knots, values, x)) / size).toBeLessThan(1e-9);
    }),
  );
});

test('continues its outermost segments', () => {
  expect(interpolate([1, 2, 4], [10, 20, 60], 0)).toBe(0);
  expect(interpolate([1, 2, 4], [10, 20, 60], 8)).toBe(140);
});

test('knots are distinct, ascending and keep both ends', () => {
  expect(chooseKnots([5, 1, 5, 3], 16)).toEqual([1, 3, 5]);
  const many = chooseKnots(
    Array.from({ length: 1000 }, (_, i) => i),
    16,
  );
  expect(many).toHaveLength(16);
  expect([many[0], many[15]]).toEqual([0, 999]);
});

test('knots are what was measured often, and both ends', () => {
  const values = [1, 4, 4, 4, 5, 8, 8, 8, 9, 9, 9, 30];
  expect(chooseKnots(values, 16, 3)).toEqual([1, 4, 8, 9, 30]);
  expect(chooseKnots([1, 2, 3, 7], 16, 3)).toEqual([1, 2, 3, 7]);
});
