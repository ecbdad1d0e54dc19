import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribution, quantile } from './quantile.ts';

const sample = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })
  .map((values) => Float64Array.from(values).sort());
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantile', () => {
  it('follows its definition', () => {
    const sorted = [10, 20, 40, 80];
    expect(quantile(sorted, 0)).toBe(10);
    expect(quantile(sorted, 0.5)).toBe(30);
    expect(quantile(sorted, 0.9)).toBeCloseTo(40 + 0.7 * 40, 12);
    expect(quantile(sorted, 1)).toBe(80);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('rises with the probability and stays within the sample', () => {
    fc.assert(
      fc.property(sample, share, share, (sorted, p, q) => {
        const [low, high] = [quantile(sorted, Math.min(p, q)), quantile(sorted, Math.max(p, q))];
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(low).toBeGreaterThanOrEqual(sorted[0]! - 1e-9);
        expect(high).toBeLessThanOrEqual(sorted.at(-1)! + 1e-9);
      }),
    );
  });

  it('mirrors: the p-quantile of -x is minus the (1 - p)-quantile of x', () => {
    fc.assert(
      fc.property(sample, share, (sorted, p) => {
        const mirrored = sorted.map((value) => -value).sort();
        expect(quantile(mirrored, p)).toBeCloseTo(-quantile(sorted, 1 - p), 4);
      }),
    );
  });

  it('commutes with scaling and shifting', () => {
    fc.assert(
      fc.property(sample, share, (sorted, p) => {
        const moved = sorted.map((value) => 3 * value + 5);
        expect(quantile(moved, p)).toBeCloseTo(3 * quantile(sorted, p) + 5, 4);
      }),
    );
  });
});

describe('distribution', () => {
  it('is all null for nothing and divides by the divisor', () => {
    const empty = distribution(new Float64Array(0));
    expect(Object.values(empty).every((v) => v === null)).toBe(true);
    const { Mean, P50, P99, Max } = distribution(Float64Array.of(4e6, 2e6), 1e6);
    expect([Mean, P50, P99, Max]).toEqual([3, 3, 3.98, 4]);
  });
});
