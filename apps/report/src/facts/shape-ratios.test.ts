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
  points
    .filter(({ who, world }) => who === OURS && world === 'real')
    .map(({ panel, x, y }) => [panel, x, y]);
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

test('one request of another commit was as quick as another engine: it is no measure', () => {
  const labels = ['temporal-fusion', 'sequential'];
  const at = (requests: number, makespanSeconds: number, commit: string) => ({
    ...ran({ requests, arrivals: { kind: 'constant', intervalMs: 500 } }, labels, [
      { makespanSeconds },
      {},
    ]),
    commit: { id: commit, dirty: false },
  });
  const points = requestsShape(tinyPublished(), [
    at(1, 8, 'old'),
    at(1, 4, 'new'),
    at(8, 6, 'new'),
  ]);
  const eight = points.find(({ who, world, x }) => who === OURS && world === 'real' && x === 8);
  expect(eight!.y).toBe(1.5);
  expect(eight!.from.map(({ commit }) => commit.id)).toEqual(['new', 'new']);
  expect(ours(requestsShape(tinyPublished(), [at(1, 8, 'old'), at(8, 6, 'new')]))).toEqual([]);
});

test('the simulator has a shape of its own, over its own measure', () => {
  const simulated = (comparison: Comparison, makespanSeconds: number) => ({
    ...comparison,
    cells: comparison.cells.map((cell) => {
      const { metrics } = cell.simulated!;
      const values = { ...metrics.values, makespanSeconds };
      return { ...cell, simulated: { ...cell.simulated!, metrics: { ...metrics, values } } };
    }),
  });
  const at = (requests: number, real: number, predicted: number) => {
    const workload = { requests, arrivals: { kind: 'constant', intervalMs: 500 } };
    const labels = ['temporal-fusion', 'sequential'];
    return simulated(ran(workload, labels, [{ makespanSeconds: real }, {}]), predicted);
  };
  const points = requestsShape(tinyPublished(), [at(1, 4, 2), at(8, 6, 5)]);
  const eight = points.filter(
    ({ x, who, panel }) => x === 8 && who === OURS && /^time/.test(panel),
  );
  expect(eight.map(({ world, y }) => [world, y])).toEqual([
    ['real', 1.5],
    ['simulated', 2.5],
  ]);
});

test('reordering of outputs that were not published stands beside nothing', () => {
  const table = { figure: 'mem_shuffle', column: 'up to 512 tokens' };
  const published = rows(
    { ...table, quantity: 'Flover without reordering', published: 20 },
    { ...table, quantity: 'Flover with reordering', published: 15 },
  );
  const output = { kind: 'uniform', minTokens: 64, maxTokens: 256 };
  const times = [{ makespanSeconds: 9 }, { makespanSeconds: 10 }];
  const short = ran({ requests: 3, output }, ['reordering-flover', 'reordering-off'], times);
  expect(ours(reorderingShape(published, [short]))).toEqual([]);
});
