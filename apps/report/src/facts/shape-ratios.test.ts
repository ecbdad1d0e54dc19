import type { Comparison, PublishedRow } from '@flover/metrics';
import { expect, test } from 'vitest';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinyPublished } from '../testing/tiny-data.ts';
import { continuousShape, poissonShape, reorderingShape } from './shape-ratios.ts';
import { PUBLISHED, requestsShape, type ShapePoint } from './shapes.ts';

const tiny = tinyReport().comparison;
const OURS = 'A processor';

/** The tiny comparison with another workload and, in the order of its policies, other real values. */
function ran(workload: object, labels: string[], values: object[]): Comparison {
  const cells = tiny.cells.map((cell, i) => {
    const { metrics } = cell.real!;
    const changed = { ...metrics, values: { ...metrics.values, ...values[i] } };
    return { ...cell, label: labels[i]!, real: { ...cell.real!, metrics: changed } };
  });
  return { ...tiny, workload: workload as Comparison['workload'], cells };
}

function rows(...parts: readonly Partial<PublishedRow>[]) {
  const first = tinyPublished().rows[0]!;
  return { ...tinyPublished(), rows: parts.map((part) => ({ ...first, ...part })) };
}

const ours = (points: readonly ShapePoint[]) =>
  points.filter(({ who }) => who === OURS).map(({ panel, x, y }) => [panel, x, y]);
const theirs = (points: readonly ShapePoint[]) =>
  points.filter(({ who }) => who === PUBLISHED).map(({ panel, x, y }) => [panel, x, y]);

test('overlap stands over the interval in units of one request', () => {
  const output = { kind: 'fixed', tokens: 4 };
  const labels = ['temporal-fusion', 'sequential'];
  const alone = ran({ requests: 1, output }, labels, [{ e2eMsMean: 50 }, {}]);
  const arrivals = { kind: 'poisson', meanIntervalMs: 100 };
  const poisson = ran({ requests: 3, output, arrivals }, labels, [{ overlap: 0.4 }, {}]);
  const points = poissonShape(tinyPublished(), [alone, poisson]);
  expect(theirs(points)).toEqual([
    ['overlap, percent', 0.01, 50],
    ['overlap, percent', 0.05, 20],
  ]);
  expect(ours(points)).toEqual([['overlap, percent', 2, 40]]);
  expect(ours(poissonShape(tinyPublished(), [poisson]))).toEqual([]);
});

test('reordering is a share of the time without it', () => {
  const table = { figure: 'mem_shuffle', column: 'up to 512 tokens' };
  const published = rows(
    { ...table, quantity: 'Flover without reordering', published: 20 },
    { ...table, quantity: 'Flover with reordering', published: 15 },
  );
  const output = { kind: 'uniform', minTokens: 128, maxTokens: 500 };
  const labels = ['reordering-flover', 'reordering-off'];
  const times = [{ makespanSeconds: 9 }, { makespanSeconds: 10 }];
  const points = reorderingShape(published, [ran({ requests: 3, output }, labels, times)]);
  expect(theirs(points)).toEqual([['tiny-model', 512, 0.75]]);
  expect(ours(points)).toEqual([['tiny-model', 500, 0.9]]);
});

test('fusion is a share of the time under continuous batching', () => {
  const table = { figure: 'TensorRT-LLM', column: '32 requests, len 512, 100 ms' };
  const published = rows(
    { ...table, quantity: 'Flover, time', published: 8 },
    { ...table, quantity: 'TensorRT-LLM, time', published: 10 },
  );
  const labels = ['temporal-fusion', 'continuous-batching'];
  const times = [{ makespanSeconds: 9 }, { makespanSeconds: 10 }];
  const arrivals = { kind: 'constant', intervalMs: 100 };
  const output = { kind: 'fixed', tokens: 512 };
  const points = continuousShape(published, [
    ran({ requests: 32, arrivals, output }, labels, times),
  ]);
  expect(theirs(points)).toEqual([['32 requests, len 512', 100, 0.8]]);
  expect(ours(points)).toEqual([['32 requests, len 512', 100, 0.9]]);
});

test('multiples are of a run that differs in its number of requests alone', () => {
  const labels = ['temporal-fusion', 'sequential'];
  const at = (requests: number, intervalMs: number, makespanSeconds: number) =>
    ran({ requests, arrivals: { kind: 'constant', intervalMs } }, labels, [
      { makespanSeconds },
      {},
    ]);
  const points = requestsShape(tinyPublished(), [at(1, 500, 4), at(8, 500, 6), at(8, 100, 5)]);
  expect(ours(points).filter(([panel]) => String(panel).startsWith('time'))).toEqual([
    ['time of all, tiny-model', 1, 1],
    ['time of all, tiny-model', 8, 1.5],
  ]);
  expect(ours(requestsShape(tinyPublished(), [at(1, 500, 4)]))).toEqual([]);
});
