import type { Comparison } from '@flover/metrics';
import { expect, test } from 'vitest';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { longestSeries, variedOf } from './varied.ts';

const tiny = tinyReport().comparison;
const of = (requests: number, workload: object = {}): Comparison => ({
  ...tiny,
  workload: { kind: 'synthetic', requests, output: { kind: 'fixed', tokens: 512 }, ...workload },
});

test('a number that tells comparisons apart, where nothing else does', () => {
  expect(variedOf([of(1), of(8)])).toEqual({ key: 'requests', values: [1, 8] });
  expect(variedOf([of(1), of(1)])).toBeUndefined();
  const random = { output: { kind: 'uniform', minTokens: 64, maxTokens: 256 } };
  expect(variedOf([of(8), of(16, random)])).toBeUndefined();
  expect(variedOf([of(8), of(16, { output: { kind: 'fixed', tokens: 256 } })])).toBeUndefined();
});

test('a series is found among comparisons of other kinds', () => {
  const others = [
    of(32, { arrivals: { kind: 'poisson', requestsPerSecond: 9 } }),
    of(8, { seed: 2 }),
  ];
  const row = [of(1), of(2), of(4)];
  const series = longestSeries([others[0]!, ...row, others[1]!])!;
  expect(series.comparisons).toEqual(row);
  expect(series.varied).toEqual({ key: 'requests', values: [1, 2, 4] });
  expect(longestSeries([...others, of(1), of(2)])).toBeUndefined();
});

test('models do not stand in one series', () => {
  const another = (requests: number) => {
    return { ...of(requests), model: { ...tiny.model, name: 'another' } };
  };
  expect(variedOf([of(1), another(8)])).toBeUndefined();
  const row = [of(1), of(8), of(32)];
  expect(longestSeries([another(1), ...row, another(64)])!.comparisons).toEqual(row);
});
