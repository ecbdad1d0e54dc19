import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import type { MetricKey, MetricValues, Sweep } from '@flover/metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietHooks } from '../hooks.ts';
import { CellSimulator } from './cell-simulator.ts';
import type { SweepCell } from './plan.ts';
import type { CellOutcome } from './results-file.ts';
import { runSweep } from './run-sweep.ts';
import { parseSweep } from './sweep-file.ts';

const text = `name: pairs
model: { shape: tiny-llama, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion, continuous-batching, sequential]
workload:
  kind: synthetic
  requests: 6
  arrivals: { kind: poisson, meanIntervalMs: 1 }
  prompt: { kind: uniform, minTokens: 1, maxTokens: 12 }
  output: { kind: uniform, minTokens: 1, maxTokens: 30 }
seeds: 1..3
sweep:
  load:
    workload.arrivals.meanIntervalMs: [0.01, 1]
    workload.requests: [6, 4]
`;
const KEY: MetricKey = 'e2eMsMean';
const out = mkdtempSync(join(tmpdir(), 'flover-pairs-'));
const simulator = new CellSimulator();
const hooks = quietHooks(new RunSignal());
let performed = 0;

type Simulate = (cell: SweepCell) => Promise<CellOutcome | undefined>;
const simulate: Simulate = (cell) => simulator.simulate(cell, hooks);
const perform = (written: string, by = simulate) =>
  runSweep(
    parseSweep('pairs.yaml', written),
    {
      ...{ width: 1, cancelled: false, commandLine: [] },
      say: () => {},
      progress: () => {},
      perform: (cell) => {
        performed++;
        return by(cell);
      },
    },
    { out, keepTraces: false },
  );

let first: Sweep;
/** What `results.jsonl` says of a metric. */
let measured: (load: number, label: string, seed: number) => number;

beforeAll(async () => {
  first = await perform(text);
  const lines = readFileSync(join(out, 'results.jsonl'), 'utf8').split('\n').slice(0, -1);
  const cells = lines.map((line) => JSON.parse(line) as SweepCell & { metrics: MetricValues });
  measured = (load, label, seed) =>
    cells.find((cell) => cell.axes.load === load && cell.label === label && cell.seed === seed)!
      .metrics[KEY]!;
}, 60_000);
afterAll(() => rmSync(out, { recursive: true }));

/** That a point's difference is what the lines of its cells say. */
function expectDifferences(sweep: Sweep, baseline: string) {
  expect(sweep.baseline).toBe(baseline);
  for (const { axes, label, differences } of sweep.points) {
    if (label === baseline) {
      expect(differences).toBeUndefined();
      continue;
    }
    const load = axes.load as number;
    const each = [1, 2, 3].map(
      (seed) => measured(load, label, seed) - measured(load, baseline, seed),
    );
    const { estimate, low, high, count, below, above } = differences![KEY]!;
    expect(estimate).toBeCloseTo((each[0]! + each[1]! + each[2]!) / 3, 9);
    expect(low!).toBeLessThanOrEqual(estimate);
    expect(high! + low!).toBeCloseTo(2 * estimate, 9);
    expect([count, below, above]).toEqual([
      3,
      each.filter((difference) => difference < 0).length,
      each.filter((difference) => difference > 0).length,
    ]);
  }
}

test('a point has its differences from the first policy, at its own setting', () => {
  expect(first.points).toHaveLength(6);
  expectDifferences(first, 'temporal-fusion');
  // At the higher load one after another is slower in every seed.
  expect(first.points[2]!.differences![KEY]).toMatchObject({ above: 3 });
});

test('keys that are varied together are told with their values', () => {
  expect(first.axes).toEqual([
    {
      key: 'load',
      values: [0.01, 1],
      sets: { 'workload.arrivals.meanIntervalMs': [0.01, 1], 'workload.requests': [6, 4] },
    },
  ]);
  expect(
    first.points.map(({ axes, metrics }) => [axes.load, metrics.requestsArrived!.estimate]),
  ).toEqual([0.01, 0.01, 0.01, 1, 1, 1].map((load) => [load, load === 1 ? 4 : 6]));
});

test('another baseline and other metrics are told without doing any cell again', async () => {
  performed = 0;
  const changed = `${text}baseline: sequential\nshow: [tpotMsMean, ${KEY}]\n`;
  const again = await perform(changed);
  expect(performed).toBe(0);
  expect(again.show).toEqual(['tpotMsMean', KEY]);
  expect(first).not.toHaveProperty('show');
  expectDifferences(again, 'sequential');
});

test('a seed whose baseline failed is no pair, and a policy alone has no differences', async () => {
  const changed = text.replace('[6, 4]', '[7, 5]');
  const error = { code: 'policy-stuck', message: 'nothing will ever happen again' };
  const partial = await perform(changed, async (cell) =>
    cell.label === 'temporal-fusion' && cell.seed === 2 ? { error } : await simulate(cell),
  );
  for (const { differences } of partial.points) {
    if (differences) expect(differences[KEY]!.count).toBe(2);
  }
  const alone = await perform(text.replace(/\[temporal.*\]/, '[sequential]'));
  expect(alone).not.toHaveProperty('baseline');
  for (const point of alone.points) expect(point).not.toHaveProperty('differences');
});
