import { describe, expect, test } from 'vitest';
import { stream } from '../random.ts';
import {
  chiSquare,
  chiSquareLimit,
  gammaCdf,
  kolmogorovSmirnov,
  kolmogorovSmirnovLimit,
  mean,
} from '../testing/statistics.ts';
import { gaps } from '../testing/take-all.ts';
import type { OpenArrivalConfig } from './config.ts';
import { openArrivals } from './open.ts';

function times(config: OpenArrivalConfig, count: number, seed = 1): number[] {
  const process = openArrivals(config, count, (name) => stream(seed, name));
  return Array.from({ length: count }, () => process.nextNanos());
}

const size = 20_000;

describe('constant', () => {
  test('request i arrives at i intervals, however many', () => {
    const arrivals = times({ kind: 'constant', intervalMs: 1 / 3 }, 300_001);
    expect(arrivals.slice(0, 4)).toEqual([0, 333_333, 666_667, 1_000_000]);
    expect(arrivals[300_000]).toBe(100_000_000_000);
  });

  test('an interval of 0 is all at once; a negative one is refused by name', () => {
    expect(times({ kind: 'constant', intervalMs: 0 }, 3)).toEqual([0, 0, 0]);
    expect(() => times({ kind: 'constant', intervalMs: -1 }, 1)).toThrow('arrivals.intervalMs');
  });
});

describe('poisson', () => {
  const arrivals = times({ kind: 'poisson', requestsPerSecond: 40 }, size);

  test('gaps are exponential with the mean asked for', () => {
    const distance = kolmogorovSmirnov(gaps([0, ...arrivals]), (x) => 1 - Math.exp(-x * 40e-9));
    expect(distance).toBeLessThan(kolmogorovSmirnovLimit(size));
  });

  test('the test tells clipped gaps and a rate that is 5 % off', () => {
    const clipped = gaps([0, ...arrivals]).map((gap) => Math.min(gap, 75e6));
    const limit = kolmogorovSmirnovLimit(size);
    expect(kolmogorovSmirnov(clipped, (x) => 1 - Math.exp(-x * 40e-9))).toBeGreaterThan(limit);
    const faster = gaps([0, ...arrivals]).map((gap) => gap / 1.05);
    expect(kolmogorovSmirnov(faster, (x) => 1 - Math.exp(-x * 40e-9))).toBeGreaterThan(limit);
  });

  test('a mean interval says the same', () => {
    expect(times({ kind: 'poisson', meanIntervalMs: 25 }, size)).toEqual(arrivals);
  });

  test('a rate is said once', () => {
    const both = { kind: 'poisson', requestsPerSecond: 1, meanIntervalMs: 1 } as const;
    expect(() => times(both, 1)).toThrow('both of requestsPerSecond and meanIntervalMs');
    const neither = { kind: 'poisson' } as OpenArrivalConfig;
    expect(() => times(neither, 1)).toThrow('neither of requestsPerSecond');
    expect(() => times({ kind: 'poisson', requestsPerSecond: 0 }, 1)).toThrow('a number above 0');
  });

  test('gaps do not depend on the gap before', () => {
    const before = gaps([0, ...arrivals]);
    const table = [0, 0, 0, 0];
    for (let i = 1; i < before.length; i++) {
      table[(before[i - 1]! > 17.3e6 ? 2 : 0) + (before[i]! > 17.3e6 ? 1 : 0)]!++;
    }
    const total = before.length - 1;
    const row = (table[0]! + table[1]!) / total;
    const column = (table[0]! + table[2]!) / total;
    const expected = [
      row * column,
      row * (1 - column),
      (1 - row) * column,
      (1 - row) * (1 - column),
    ];
    const statistic = chiSquare(
      table,
      expected.map((share) => share * total),
    );
    expect(statistic).toBeLessThan(chiSquareLimit(1));
  });
});

describe('gamma', () => {
  test.each([0.5, 1, 2, 4])('gaps are gamma at coefficient of variation %d', (cv) => {
    const config = { kind: 'gamma', requestsPerSecond: 10, coefficientOfVariation: cv } as const;
    const sample = gaps([0, ...times(config, size)]);
    const cdf = (x: number) => gammaCdf(x, 1 / cv ** 2, 1e8 * cv ** 2);
    const distance = kolmogorovSmirnov(sample, cdf, 1000);
    expect(distance).toBeLessThan(kolmogorovSmirnovLimit(size));
    // Four standard errors of the mean.
    expect(Math.abs(mean(sample) / 1e8 - 1)).toBeLessThan((4 * cv) / Math.sqrt(size));
  });
});

describe('bursts', () => {
  const fixed = { kind: 'bursts', onMs: 200, offMs: 800, onRequestsPerSecond: 100 } as const;

  test('nothing arrives while off; while on, arrivals are Poisson', () => {
    const arrivals = times(fixed, size);
    expect(arrivals.every((time) => time % 1e9 <= 200e6)).toBe(true);
    const squeezed = arrivals.map((time) => Math.floor(time / 1e9) * 200e6 + (time % 1e9));
    const distance = kolmogorovSmirnov(gaps([0, ...squeezed]), (x) => 1 - Math.exp(-x * 100e-9));
    expect(distance).toBeLessThan(kolmogorovSmirnovLimit(size));
  });

  test('both rates are as asked', () => {
    const arrivals = times({ ...fixed, offRequestsPerSecond: 5 }, size);
    const on = arrivals.filter((time) => time % 1e9 < 200e6).length;
    const periods = arrivals[size - 1]! / 1e9;
    expect(Math.abs(on - 20 * periods)).toBeLessThan(4 * Math.sqrt(20 * periods));
    expect(Math.abs(size - on - 4 * periods)).toBeLessThan(4 * Math.sqrt(4 * periods));
  });

  test('exponential phases keep the mean rate and are burstier', () => {
    const arrivals = times({ ...fixed, phases: 'exponential' }, size);
    expect(arrivals[size - 1]! / 1e9 / (size / 20)).toBeGreaterThan(0.85);
    expect(arrivals[size - 1]! / 1e9 / (size / 20)).toBeLessThan(1.15);
    const between = gaps([0, ...arrivals]);
    const average = mean(between);
    const variation = Math.sqrt(mean(between.map((gap) => (gap - average) ** 2))) / average;
    expect(variation).toBeGreaterThan(2);
  });
});

describe('all at once and explicit', () => {
  test('times are the ones given', () => {
    expect(times({ kind: 'all-at-once', atMs: 5 }, 2)).toEqual([5e6, 5e6]);
    expect(times({ kind: 'explicit', timesNanos: [0, 3, 3, 9] }, 3)).toEqual([0, 3, 3]);
  });

  test('too few times, descending times and parts of nanoseconds are refused', () => {
    const explicit = (timesNanos: number[], count: number) => () =>
      times({ kind: 'explicit', timesNanos }, count);
    expect(explicit([1], 2)).toThrow('1 times for 2 requests');
    expect(explicit([5, 4], 2)).toThrow('arrivals.timesNanos[1]');
    expect(explicit([0.5], 1)).toThrow('arrivals.timesNanos[0]');
  });
});
