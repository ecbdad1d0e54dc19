import { expect, test } from 'vitest';
import { chiSquareLimit, gammaCdf, normalCdf } from './statistics.ts';

test('distribution functions agree with tables', () => {
  expect(gammaCdf(1, 1, 1)).toBeCloseTo(1 - Math.exp(-1), 12);
  expect(gammaCdf(8, 4, 2)).toBeCloseTo(1 - Math.exp(-4) * (1 + 4 + 8 + 32 / 3), 12);
  expect(gammaCdf(0.5, 0.5, 1)).toBeCloseTo(0.6826894921, 9);
  expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
  expect(normalCdf(-1)).toBeCloseTo(0.1586552539, 6);
  expect(chiSquareLimit(9)).toBeCloseTo(27.877, 0);
  expect(chiSquareLimit(99)).toBeCloseTo(148.23, 0);
});
