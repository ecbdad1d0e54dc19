import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contend, type ResourceShares } from './roofline-contention.ts';

function factorsOf(running: readonly ResourceShares[], contention: number): number[] {
  const factors = new Float64Array(running.length);
  contend(running, contention, factors);
  return [...factors];
}

const reads = { memoryShare: 1, computeShare: 0 };
const computes = { memoryShare: 0, computeShare: 1 };

test.each([0, 0.5, 1])('works that only read, or only compute, take turns (contention %f)', (c) => {
  expect(factorsOf([reads], c)).toEqual([1]);
  expect(factorsOf([reads, reads], c)).toEqual([2, 2]);
  expect(factorsOf([computes, computes, computes], c)).toEqual([3, 3, 3]);
  expect(factorsOf([reads, computes], c)).toEqual([1, 1]);
});

test('works meet on a resource in proportion to both their shares of it', () => {
  const decode = { memoryShare: 0.9, computeShare: 0.1 };
  const prefill = { memoryShare: 0.3, computeShare: 0.8 };
  const met = 0.9 * 0.3 + 0.1 * 0.8;
  for (const [contention, factor] of [
    [0, 1.2],
    [0.5, 1.2],
    [1, 1 + met],
    [2, 1 + 2 * met],
  ] as const) {
    for (const found of factorsOf([decode, prefill], contention)) {
      expect(found).toBeCloseTo(factor, 12);
    }
  }
});

test('nothing is faster than alone, nor than the busiest resource allows', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const work = fc.record({ memoryShare: share, computeShare: share });
  fc.assert(
    fc.property(fc.array(work, { minLength: 1, maxLength: 6 }), share, (running, contention) => {
      const sum = (of: keyof ResourceShares) => running.reduce((all, each) => all + each[of], 0);
      const least = Math.max(1, sum('memoryShare'), sum('computeShare'));
      for (const factor of factorsOf(running, contention)) {
        expect(factor).toBeGreaterThanOrEqual(least);
      }
    }),
  );
});
