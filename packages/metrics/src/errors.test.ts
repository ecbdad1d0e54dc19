import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorStatistics } from './errors.ts';

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe('error statistics', () => {
  it('by hand', () => {
    const errors = errorStatistics([110, 90, 400, 5], [100, 100, 200, 0]);
    expect(errors).toMatchObject({ count: 3, skipped: 1 });
    // +10 %, -10 %, +100 %; sums 600 against 400.
    expect(errors.biasPercent).toBeCloseTo(100 / 3, 9);
    expect(errors.mapePercent).toBeCloseTo(40, 9);
    expect(errors.totalPercent).toBeCloseTo(50, 9);
    expect(errors.p50Percent).toBeCloseTo(10, 9);
    expect(errors.maxPercent).toBeCloseTo(100, 9);
  });

  it('is null for nothing and 0 for perfect predictions', () => {
    expect(errorStatistics([], []).mapePercent).toBeNull();
    expect(errorStatistics([Number.NaN, 1], [1, Number.NaN])).toMatchObject({
      count: 0,
      skipped: 2,
    });
    expect(errorStatistics([3, 4], [3, 4])).toMatchObject({ biasPercent: 0, maxPercent: 0 });
  });

  it('of predictions all k times too large is k - 1 everywhere', () => {
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 1 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (measured, k) => {
          const errors = errorStatistics(
            measured.map((value) => value * k),
            measured,
          );
          const percent = 100 * (k - 1);
          expect(errors.biasPercent).toBeCloseTo(percent, 6);
          expect(errors.totalPercent).toBeCloseTo(percent, 6);
          expect(errors.mapePercent).toBeCloseTo(Math.abs(percent), 6);
          expect(errors.p99Percent).toBeCloseTo(Math.abs(percent), 6);
        },
      ),
    );
  });

  it('has a bias within its MAPE and percentiles in order', () => {
    const pairs = fc.array(fc.tuple(positive, positive), { minLength: 1 });
    fc.assert(
      fc.property(pairs, (rows) => {
        const errors = errorStatistics(
          rows.map(([p]) => p),
          rows.map(([, m]) => m),
        );
        const { biasPercent, mapePercent, p50Percent, p90Percent, p99Percent, maxPercent } = errors;
        const slack = 1 + 1e-9;
        expect(Math.abs(biasPercent!)).toBeLessThanOrEqual(mapePercent! * slack);
        expect(p50Percent!).toBeLessThanOrEqual(p90Percent! * slack);
        expect(p90Percent!).toBeLessThanOrEqual(p99Percent! * slack);
        expect(p99Percent!).toBeLessThanOrEqual(maxPercent! * slack);
      }),
    );
  });
});
