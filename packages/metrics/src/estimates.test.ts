import { expect, test } from 'vitest';
import { CATALOG, type MetricValues } from './catalog.ts';
import { estimateMetrics } from './estimates.ts';

const nothing = Object.fromEntries(CATALOG.map(({ key }) => [key, null]));
const run = (values: Partial<MetricValues>) => ({ ...nothing, ...values }) as MetricValues;

test('a metric over seeds is its mean with the interval of Student', () => {
  const seeds = [1, 2, 3].map((iterations) => run({ iterations }));
  // Mean 2, standard error 1 / sqrt(3), t(0.975, 2) = 4.3027.
  const { iterations } = estimateMetrics(seeds);
  expect(iterations).toMatchObject({ estimate: 2, count: 3 });
  expect(iterations!.high! - 2).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
  expect(2 - iterations!.low!).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
});

test('one seed has no interval, and seeds without the metric do not count', () => {
  const { iterations, moves } = estimateMetrics([
    run({ iterations: 7, moves: null }),
    run({ iterations: null, moves: null }),
  ]);
  expect(iterations).toEqual({ estimate: 7, low: null, high: null, count: 1 });
  expect(moves).toBeNull();
});

test('results from before a metric was there do not count for it', () => {
  const { normalisedLatencyMsMean: _, ...earlier } = run({});
  const seeds = [earlier as MetricValues, run({ normalisedLatencyMsMean: 7 })];
  expect(estimateMetrics(seeds).normalisedLatencyMsMean).toMatchObject({ estimate: 7, count: 1 });
  expect(estimateMetrics(seeds.slice(0, 1)).normalisedLatencyMsMean).toBeNull();
});
