import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paddedRows, placeWithin, surfaceAt, surfaceRow } from './surface.ts';

test.each([
  [1, 8],
  [8, 8],
  [9, 16],
  [16, 16],
  [33, 64],
])('%i rows are computed as %i', (rows, padded) => {
  expect(paddedRows(rows)).toBe(padded);
});

test('between knots a surface is linear along both, and beyond them it stays as it is', () => {
  const values = [
    [0, 10],
    [20, 50],
  ];
  const at = (x: number, y: number) =>
    surfaceAt(values, placeWithin([1, 3], x), placeWithin([8, 16], y));
  expect(at(2, 8)).toBe(10);
  expect(at(1, 12)).toBe(5);
  expect(at(2, 12)).toBe(20);
  expect(at(-5, 4)).toBe(0);
  expect(at(9, 99)).toBe(50);
});

test('a place among any knots is a share of the way from one to the next, and says where it is', () => {
  const knots = fc
    .uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 })
    .map((values) => values.sort((a, b) => a - b));
  fc.assert(
    fc.property(knots, fc.double({ min: -10, max: 1010, noNaN: true }), (all, x) => {
      const { left, share } = placeWithin(all, x);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThan(1);
      const [from, to] = [all[left]!, all[left + 1] ?? all[left]!];
      const within = Math.min(Math.max(x, all[0]!), all.at(-1)!);
      expect(from + share * (to - from)).toBeCloseTo(within, 9);
    }),
  );
});

test('the weights of a surface add up to 1 and give its value', () => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  const knots = [1, 2, 5];
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 9, maxLength: 9 }),
      fc.double({ min: -1, max: 8, noNaN: true }),
      fc.double({ min: -1, max: 8, noNaN: true }),
      (values, x, y) => {
        const surface = [values.slice(0, 3), values.slice(3, 6), values.slice(6)];
        const [row, column] = [placeWithin(knots, x), placeWithin(knots, y)];
        const weights = surfaceRow(3, 3, row, column);
        expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        const sum = weights.reduce((total, weight, i) => total + weight * values[i], 0);
        expect(sum).toBeCloseTo(surfaceAt(surface, row, column), 6);
      },
    ),
  );
});
