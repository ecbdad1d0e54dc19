import { expect, test } from 'vitest';
import { stream } from '../random.ts';
import {
  chiSquare,
  chiSquareLimit,
  kolmogorovSmirnov,
  kolmogorovSmirnovLimit,
  normalCdf,
} from '../testing/statistics.ts';
import { temporaryFile } from '../testing/take-all.ts';
import type { LengthConfig } from './config.ts';
import { lengths } from './length.ts';

const size = 20_000;

function draw(config: LengthConfig, count = size): number[] {
  const next = lengths(config, stream(5, 'lengths'), 'prompt');
  return Array.from({ length: count }, next);
}

function counts(values: readonly number[], least: number, most: number): number[] {
  const cells = new Array<number>(most - least + 1).fill(0);
  for (const value of values) cells[value - least]!++;
  return cells;
}

test('fixed', () => {
  expect(draw({ kind: 'fixed', tokens: 8 }, 3)).toEqual([8, 8, 8]);
  expect(() => draw({ kind: 'fixed', tokens: 0 }, 1)).toThrow('prompt.tokens is 0');
});

test('uniform reaches both ends, equally often', () => {
  const observed = counts(draw({ kind: 'uniform', minTokens: 3, maxTokens: 52 }), 3, 52);
  expect(
    chiSquare(
      observed,
      observed.map(() => size / 50),
    ),
  ).toBeLessThan(chiSquareLimit(49));
});

test('log-normal has the median and sigma asked for', () => {
  // A large median makes the rounding to whole tokens invisible.
  const sample = draw({ kind: 'log-normal', medianTokens: 1e6, sigma: 0.7 });
  const distance = kolmogorovSmirnov(sample, (x) => normalCdf(Math.log(x / 1e6) / 0.7));
  expect(distance).toBeLessThan(kolmogorovSmirnovLimit(size));
});

test('a bounded log-normal is cut off, and does not pile up at its bounds', () => {
  const bounds = { minTokens: 400_000, maxTokens: 1_500_000 };
  const sample = draw({ kind: 'log-normal', medianTokens: 1e6, sigma: 0.7, ...bounds });
  const cdf = (x: number) => normalCdf(Math.log(x / 1e6) / 0.7);
  const low = cdf(bounds.minTokens);
  const high = cdf(bounds.maxTokens);
  const distance = kolmogorovSmirnov(sample, (x) => (cdf(x) - low) / (high - low));
  expect(distance).toBeLessThan(kolmogorovSmirnovLimit(size));
});

test('bounds that hold nothing of the distribution are an error, not a hang', () => {
  const config = { kind: 'log-normal', medianTokens: 10, sigma: 0.1, minTokens: 1000 } as const;
  expect(() => draw(config, 1)).toThrow('fell outside [1000');
});

test('empirical lengths come as often as the list has them', () => {
  const tokens = [1, 1, 1, 2, 2, 3, 4, 4, 4, 4];
  const observed = counts(draw({ kind: 'empirical', tokens }), 1, 4);
  const expected = [3, 2, 1, 4].map((share) => (share * size) / 10);
  expect(chiSquare(observed, expected)).toBeLessThan(chiSquareLimit(3));
});

test('a file of lengths is read; a bad line is named', () => {
  const good = temporaryFile('lengths.txt', '5\n\n7\r\n');
  expect(new Set(draw({ kind: 'empirical', path: good }, 100))).toEqual(new Set([5, 7]));
  const bad = temporaryFile('lengths.txt', '5\n7.5\n');
  expect(() => draw({ kind: 'empirical', path: bad }, 1)).toThrow(`${bad}:2: "7.5"`);
  expect(() => draw({ kind: 'empirical', path: `${bad}-not` }, 1)).toThrow('cannot read');
});
