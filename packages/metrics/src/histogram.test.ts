import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, HISTOGRAM_RELATIVE_ERROR, Histogram, middleOf } from './histogram.ts';
import { quantile } from './quantile.ts';

/** Integers of every magnitude up to 2^53 - 1. */
const value = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.maxSafeNat())
  .map(([bits, n]) => n % 2 ** (bits + 1));

describe('a histogram', () => {
  it('puts every value in a bucket whose middle is within the error', () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(Math.abs(middleOf(bucketOf(v)) - v)).toBeLessThanOrEqual(
          HISTOGRAM_RELATIVE_ERROR * v,
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('has buckets in the order of the values, the largest within its table', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        if (a <= b) expect(bucketOf(a)).toBeLessThanOrEqual(bucketOf(b));
      }),
      { numRuns: 5000 },
    );
    const histogram = new Histogram();
    histogram.record(Number.MAX_SAFE_INTEGER, 1);
    histogram.record(Number.MAX_SAFE_INTEGER - 1, 2);
    expect(histogram.orderStatistic(0)).toBeGreaterThan(2 ** 52);
  });

  it('gives quantiles within the error, and exact count, sum, least and largest', () => {
    const values = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 4 })), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (entries, p) => {
        const histogram = new Histogram();
        for (const [v, times] of entries) histogram.record(v, times);
        const all = entries.flatMap(([v, times]) => Array<number>(times).fill(v));
        const sorted = Float64Array.from(all).sort();
        const exact = quantile(sorted, p);
        // Rounding of the interpolation itself: a few units in the last place.
        const bound = HISTOGRAM_RELATIVE_ERROR * exact * (1 + 1e-12) + 1e-12 * sorted.at(-1)!;
        expect(Math.abs(histogram.quantile(p) - exact)).toBeLessThanOrEqual(bound);
        expect(histogram.count).toBe(all.length);
        expect(histogram.min).toBe(sorted[0]);
        expect(histogram.max).toBe(sorted.at(-1));
        expect(histogram.sum).toBeCloseTo(
          all.reduce((sum, v) => sum + v, 0),
          -3,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is exact below 512', () => {
    const histogram = new Histogram();
    for (let v = 0; v < 512; v++) histogram.record(v, 1);
    for (let rank = 0; rank < 512; rank++) expect(histogram.orderStatistic(rank)).toBe(rank);
  });

  it('refuses what is no duration', () => {
    expect(() => new Histogram().record(-1, 1)).toThrow(/not negative/);
    expect(() => new Histogram().record(Number.NaN, 1)).toThrow(/not negative/);
    expect(() => new Histogram().record(1.5, 1)).toThrow(/whole nanoseconds/);
  });
});
