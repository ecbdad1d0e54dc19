import fc from 'fast-check';
import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { studentInterval } from './intervals.ts';
import { incompleteBeta, studentProbability, studentQuantile } from './student.ts';

/** A linear congruential generator: enough for tests, and the same in every run. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

describe("Student's t", () => {
  it('agrees with printed tables', () => {
    // Two-sided 95 % and 99 %: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
    const table = [
      [1, 12.706, 63.657],
      [2, 4.303, 9.925],
      [4, 2.776, 4.604],
      [9, 2.262, 3.25],
      [30, 2.042, 2.75],
      [100, 1.984, 2.626],
    ] as const;
    for (const [degrees, t95, t99] of table) {
      expect(studentQuantile(0.975, degrees)).toBeCloseTo(t95, 3);
      expect(studentQuantile(0.995, degrees)).toBeCloseTo(t99, 3);
    }
  });

  it('agrees with the closed forms for 1 and 2 degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (t) => {
        expect(studentProbability(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 11);
        expect(studentProbability(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 11);
      }),
    );
  });

  it('inverts itself and is symmetric', () => {
    const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(probability, fc.integer({ min: 1, max: 200 }), (p, degrees) => {
        expect(studentProbability(studentQuantile(p, degrees), degrees)).toBeCloseTo(p, 10);
        expect(studentQuantile(p, degrees)).toBeCloseTo(-studentQuantile(1 - p, degrees), 6);
      }),
    );
  });

  it('rests on an incomplete beta function with its own closed forms', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
        expect(incompleteBeta(x, 1, 3)).toBeCloseTo(1 - (1 - x) ** 3, 11);
        expect(incompleteBeta(x, 2, 2)).toBeCloseTo(x * x * (3 - 2 * x), 11);
      }),
    );
  });
});

/** Share of `trials` whose interval covers the truth. */
function coverage(trials: number, trial: (random: () => number) => boolean): number {
  const random = uniform(20_240_611);
  let covered = 0;
  for (let i = 0; i < trials; i++) if (trial(random)) covered++;
  return covered / trials;
}

describe('intervals', () => {
  it("Student's intervals cover the mean as often as they claim", () => {
    for (const confidence of [0.8, 0.95]) {
      const share = coverage(4000, (random) => {
        const values = Array.from({ length: 5 }, () => 10 + 3 * normal(random));
        const { low, high } = studentInterval(values, confidence)!;
        return low <= 10 && 10 <= high;
      });
      // Four standard errors of a share over 4000 trials.
      const margin = 4 * Math.sqrt((confidence * (1 - confidence)) / 4000);
      expect(Math.abs(share - confidence)).toBeLessThan(margin);
    }
  });

  it('say nothing where there is nothing to say', () => {
    expect(studentInterval([3])).toBeNull();
    expect(studentInterval([2, 2, 2])).toMatchObject({ estimate: 2, low: 2, high: 2, count: 3 });
    expect(() => studentInterval([1, 2], 1)).toThrow(/confidence 1/);
  });

  it('two replications are told as widely as they deserve', () => {
    // Standard error 1, t(0.975, 1) = 12.7062.
    const { estimate, low, high } = studentInterval([4, 6])!;
    expect(estimate).toBe(5);
    expect(high - 5).toBeCloseTo(12.7062, 4);
    expect(5 - low).toBeCloseTo(12.7062, 4);
  });

  it('are centred on the mean and narrow as replications are added', () => {
    const random = uniform(7);
    const values = Array.from({ length: 40 }, () => normal(random));
    const few = studentInterval(values.slice(0, 5))!;
    const many = studentInterval(values)!;
    expect(many.estimate).toBeCloseTo(mean(values), 12);
    expect((many.low + many.high) / 2).toBeCloseTo(many.estimate, 12);
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });
});
