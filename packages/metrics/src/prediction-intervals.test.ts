import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATALOG, type MetricValues } from './catalog.ts';
import type { CellComparison, MetricSplit } from './comparison.ts';
import { intervalCoverage, rangeIntervals, tenantCoverage } from './prediction-intervals.ts';

function metrics(value: number | null): MetricValues {
  return Object.fromEntries(CATALOG.map(({ key }) => [key, value])) as MetricValues;
}

test('nineteen replications give 90 %', () => {
  const values = Array.from({ length: 19 }, (_, i) => metrics(i === 3 ? -5 : i));
  expect(rangeIntervals(values).tpotMsMean).toEqual({ low: -5, high: 18, level: 0.9 });
});

test('a metric that is not always defined has no interval, nor has anything with one replication', () => {
  expect(rangeIntervals([metrics(1), metrics(null)])).toEqual({});
  expect(rangeIntervals([metrics(1)])).toEqual({});
});

test('one more draw lies in the range as often as claimed, whatever the distribution', () => {
  const world = (u: number) => Math.exp(3 * u) + (u > 0.8 ? 40 : 0);
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const splits = Array.from({ length: 2000 }, (): MetricSplit[] => {
    const drawn = Array.from({ length: 9 }, () => metrics(world(random())));
    const interval = rangeIntervals(drawn).e2eMsMean!;
    return [split(interval.low, interval.high, world(random()), interval.level)];
  });
  const coverage = intervalCoverage(splits)!;
  expect(coverage.level).toBeCloseTo(0.8, 9);
  // Four standard errors of a share of 2000.
  expect(Math.abs(coverage.share - 0.8)).toBeLessThan(4 * Math.sqrt(0.16 / 2000));
});

function split(low: number, high: number, real: number, level = 0.9): MetricSplit {
  const nothing = {
    simulated: null,
    replayed: null,
    total: null,
    divergence: null,
    costModel: null,
  };
  return { key: 'e2eMsMean', ...nothing, real, interval: { low, high, level } };
}

test('coverage counts what lies inside, by metric where asked, and nothing that is a single value', () => {
  const splits = [[split(1, 3, 2), split(1, 3, 3), split(1, 3, 3.1), split(4, 4, 4)]];
  expect(intervalCoverage(splits)).toEqual({ level: 0.9, predicted: 3, covered: 2, share: 2 / 3 });
  expect(intervalCoverage(splits, 'e2eMsMean')?.predicted).toBe(3);
  expect(intervalCoverage(splits, 'ttftMsP50')).toBeNull();
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      if (a === b) return;
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(intervalCoverage([[split(low, high, low), split(low, high, high)]])?.share).toBe(1);
    }),
  );
});

test('coverage of each tenant, by name; nothing of one that was not predicted or did not run', () => {
  const interval = { low: 1, high: 3, level: 0.9 };
  const cell = (real: Readonly<Record<string, number>>) =>
    ({
      simulated: {
        tenantIntervals: ['z', 'a', 'gone'].map((tenant) => ({
          ...{
            tenant,
            intervals: { ttftMsMean: interval, requestsServed: { ...interval, low: 3 } },
          },
        })),
      },
      real: {
        metrics: {
          tenants: Object.entries(real).map(([tenant, ttftMsMean]) => ({
            ...{ tenant, values: { ttftMsMean, requestsServed: 3 } },
          })),
        },
      },
    }) as unknown as CellComparison;
  const claimed = { level: 0.9, predicted: 2 };
  expect(tenantCoverage([cell({ a: 2, z: 0.9, new: 2 }), cell({ a: 3, z: 1 })])).toEqual([
    { tenant: 'a', ...claimed, covered: 2, share: 1 },
    { tenant: 'z', ...claimed, covered: 1, share: 0.5 },
  ]);
  expect(tenantCoverage([{} as CellComparison])).toEqual([]);
});
