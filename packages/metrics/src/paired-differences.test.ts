import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATALOG, type MetricValues } from './catalog.ts';
import { estimateMetrics } from './estimates.ts';
import { pairedDifferences } from './paired-differences.ts';

const nothing = Object.fromEntries(CATALOG.map(({ key }) => [key, null]));
const runs = (values: Readonly<Record<number, number | null>>) =>
  new Map(
    Object.entries(values).map(([seed, e2eMsMean]) => [
      Number(seed),
      { ...nothing, e2eMsMean } as MetricValues,
    ]),
  );

test('by hand: seeds that differ by far, and a policy that is better in each', () => {
  const { e2eMsMean, ttftMsMean } = pairedDifferences(
    runs({ 1: 98, 2: 497, 3: 996, 4: 2 }),
    runs({ 1: 100, 2: 500, 3: 1000, 5: 0 }),
  );
  // Differences -2, -3, -4: mean -3, deviation 1, t(0.975, 2) = 4.3027.
  expect(e2eMsMean).toMatchObject({ estimate: -3, count: 3, below: 3, above: 0 });
  expect(e2eMsMean!.high).toBeCloseTo(-3 + 4.3027 / Math.sqrt(3), 3);
  expect(e2eMsMean!.low).toBeCloseTo(-3 - 4.3027 / Math.sqrt(3), 3);
  expect(ttftMsMean).toBeNull();
});

test('a seed that lacks either value does not count, and one alone has no interval', () => {
  const { e2eMsMean } = pairedDifferences(runs({ 1: 7, 2: null }), runs({ 1: 7, 2: 1, 3: 1 }));
  expect(e2eMsMean).toEqual({ estimate: 0, low: null, high: null, count: 1, below: 0, above: 0 });
  expect(pairedDifferences(runs({ 1: 7 }), runs({ 2: 7 })).e2eMsMean).toBeNull();
});

const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const seeds = fc.dictionary(fc.constantFrom('1', '2', '3', '4', '5'), value);

test('swapping the policies flips the sign', () => {
  fc.assert(
    fc.property(seeds, seeds, (one, other) => {
      const there = pairedDifferences(runs(one), runs(other)).e2eMsMean;
      const back = pairedDifferences(runs(other), runs(one)).e2eMsMean;
      // 0 and -0 are one here.
      const flipped = (end: number | null) => (end === null ? null : 0 - end);
      expect(back).toEqual(
        there && {
          estimate: flipped(there.estimate),
          low: flipped(there.high),
          high: flipped(there.low),
          count: there.count,
          below: there.above,
          above: there.below,
        },
      );
    }),
  );
});

test('what all policies of a seed share cancels, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 })), {
        minLength: 2,
        maxLength: 8,
      }),
      fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 8, maxLength: 8 }),
      (pairs, shared) => {
        const side = (which: 0 | 1, by: readonly number[]) =>
          runs(Object.fromEntries(pairs.map((pair, i) => [i, pair[which] + (by[i] ?? 0)])));
        const none = shared.map(() => 0);
        expect(pairedDifferences(side(0, shared), side(1, shared))).toEqual(
          pairedDifferences(side(0, none), side(1, none)),
        );
      },
    ),
  );
});

test('over the same seeds the mean of the differences is that of the means', () => {
  const [ours, theirs] = [runs({ 1: 3, 2: 9 }), runs({ 1: 1, 2: 2 })];
  const mean = (of: typeof ours) => estimateMetrics([...of.values()]).e2eMsMean!.estimate;
  const { estimate } = pairedDifferences(ours, theirs).e2eMsMean!;
  expect(estimate).toBe(mean(ours) - mean(theirs));
});
