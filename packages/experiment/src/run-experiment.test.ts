import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { CATALOG, type Comparison } from '@flover/metrics';
import { openRunFolder, readTrace } from '@flover/trace';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareCell } from './compare-cell.ts';
import { chooseCostModel } from './cost-model.ts';
import { quietHooks } from './hooks.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

const text = `name: small
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu, threads: 1 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies:
  - { name: temporal-fusion, memory: { kind: contiguous, reordering: least-bytes } }
  - { name: concurrent-instances, parameters: { instances: 2 } }
  - { name: chunked-prefill, memory: { kind: paged, blockTokens: 4, blocks: 24 } }
workload:
  kind: synthetic
  requests: 10
  arrivals: { kind: gamma, meanIntervalMs: 1, coefficientOfVariation: 2 }
  prompt: { kind: uniform, minTokens: 1, maxTokens: 12 }
  output: { kind: uniform, minTokens: 1, maxTokens: 30 }
seeds: [3, 4]
slo: { ttftMs: 50 }
`;

const hooks = quietHooks(new RunSignal());
const experiment = parseExperiment('small.yaml', text);
const out = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
let comparison: Comparison;

beforeAll(async () => {
  comparison = await runExperiment(experiment, ['simulator', 'engine'], hooks, out);
}, 60_000);

test('every policy runs with every seed in both worlds, and replays', () => {
  expect(comparison.cells.map(({ label, seed }) => `${label} ${seed}`)).toEqual([
    'temporal-fusion 3',
    'temporal-fusion 4',
    'concurrent-instances 3',
    'concurrent-instances 4',
    'chunked-prefill 3',
    'chunked-prefill 4',
  ]);
  for (const { replay, simulated, real } of comparison.cells) {
    expect(replay).toMatchObject({ identical: true, cutOff: false });
    expect(simulated?.outcome).toBe('complete');
    expect(real?.metrics.values.requestsServed).toBe(10);
  }
});

test('both worlds and all policies see the same requests', () => {
  const requestsOf = (folder: string) => readFileSync(join(out, folder, 'requests.jsonl'), 'utf8');
  const bySeed = new Map<number, Set<string>>();
  for (const { seed, simulated, real } of comparison.cells) {
    const seen = bySeed.get(seed) ?? new Set();
    for (const run of [simulated, real]) seen.add(requestsOf(run!.folder));
    bySeed.set(seed, seen);
  }
  expect([...bySeed.values()].map((files) => files.size)).toEqual([1, 1]);
});

test('the two parts of each error add up to it', () => {
  let defined = 0;
  for (const { split } of comparison.cells) {
    expect(split).toHaveLength(CATALOG.length);
    for (const { total, divergence, costModel } of split!) {
      if (total === null || divergence === null || costModel === null) continue;
      defined++;
      expect(divergence + costModel).toBeCloseTo(total, 6);
    }
  }
  expect(defined).toBeGreaterThan(CATALOG.length);
});

describe('a simulation compared with itself', () => {
  test('has no error and no divergence: its replay with its own cost model is that run', () => {
    const { model } = chooseCostModel(experiment, hooks, out);
    for (const { simulated } of comparison.cells) {
      const compared = compareCell(out, simulated!, simulated!, model, { slo: { ttftMs: 50 } });
      expect(compared.divergence?.shareBefore).toBe(1);
      expect(compared.iterationErrors?.all.mapePercent).toBe(0);
      for (const { key, total, costModel } of compared.split!) {
        expect([key, total ?? 0, costModel ?? 0]).toEqual([key, 0, 0]);
      }
    }
  });
});

test('what arrives within the warm-up is served in both worlds and measured in none', async () => {
  const warm = parseExperiment(
    'warm.yaml',
    text
      .replace(
        '{ kind: gamma, meanIntervalMs: 1, coefficientOfVariation: 2 }',
        '{ kind: constant, intervalMs: 2 }',
      )
      .replace('seeds: [3, 4]', 'warmupMs: 7.5'),
  );
  const folder = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const ran = await runExperiment(warm, ['simulator', 'engine'], hooks, folder);
  expect(ran).toMatchObject({ warmupMs: 7.5, slo: { ttftMs: 50 } });
  for (const { simulated, real, requestErrors } of ran.cells) {
    for (const run of [simulated!, real!]) {
      expect(run.metrics.values.requestsArrived).toBe(6);
      expect(openRunFolder(join(folder, run.folder)).manifest.workload).toMatchObject({
        requests: 10,
      });
    }
    expect(requestErrors).toMatchObject({ unmatched: 0, e2e: { count: 6 } });
  }
});

test('a warm-up that leaves nothing to measure is told', async () => {
  const said: string[] = [];
  const late = parseExperiment('late.yaml', text.replace('seeds: [3, 4]', 'warmupMs: 60000'));
  const folder = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  await runExperiment(late, ['simulator'], { ...hooks, say: (line) => said.push(line) }, folder);
  expect(said.filter((line) => line.includes('within the warm-up of 60000 ms'))).toHaveLength(3);
});

test('a device that the command line puts in place of the file is checked like the file', async () => {
  const large = parseExperiment(
    'large.yaml',
    text
      .replace('tiny-llama', 'llama-65b')
      .replace('f32', 'f16')
      .replace('device: cpu', 'device: h200'),
  );
  const on = (device: string) => {
    const costModel = { kind: 'roofline', device } as const;
    const experiment = { ...large, spec: { ...large.spec, costModel } };
    return runExperiment(experiment, ['simulator'], hooks, mkdtempSync(join(tmpdir(), 'flover-')));
  };
  await expect(on('h201')).rejects.toThrow(/no device is called 'h201'; did you mean 'h200'/);
  await expect(on('h100-sxm')).rejects.toThrow(/131 GB of weights, but 80 GB .* h100-sxm can hold/);
});

test('a cancelled experiment keeps what was done', async () => {
  const signal = new RunSignal();
  const folder = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const say = (line: string) => {
    if (line.startsWith('temporal-fusion, seed 4')) signal.cancel();
  };
  const watched = { ...quietHooks(signal), say };
  const cut = await runExperiment(experiment, ['engine'], watched, folder);
  expect(cut.outcome).toBe('cancelled');
  expect(cut.cells.map(({ seed }) => seed)).toEqual([3]);
  const kept = JSON.parse(readFileSync(join(folder, 'comparison.json'), 'utf8')) as Comparison;
  expect(kept.cells[0].label).toBe('temporal-fusion');
  const trace = readTrace(join(folder, kept.cells[0].real!.folder, 'trace.jsonl'));
  expect([...trace].at(-1)).toMatchObject({ kind: 'footer', outcome: 'complete' });
});

test('real runs made earlier are measured anew, from their traces', async () => {
  const earlier = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const ran = await runExperiment(experiment, ['engine'], hooks, earlier);
  const metrics = { values: {} };
  const outdated = ran.cells.map((cell) => ({ ...cell, real: { ...cell.real, metrics } }));
  writeFileSync(join(earlier, 'comparison.json'), JSON.stringify({ ...ran, cells: outdated }));
  const again = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const worlds = ['simulator', 'engine'] as const;
  const { cells } = await runExperiment(experiment, worlds, hooks, again, earlier);
  cells.forEach(({ real, split }, i) => {
    expect(real?.metrics).toEqual(ran.cells[i].real?.metrics);
    const makespan = split?.find(({ key }) => key === 'makespanSeconds');
    expect(makespan?.real).toBe(real?.metrics.values.makespanSeconds);
  });
});

test('results are not written over those of another start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const one = parseExperiment('one.yaml', text.replace('seeds: [3, 4]', ''));
  await runExperiment(one, ['simulator'], hooks, folder);
  const kept = readFileSync(join(folder, 'comparison.json'), 'utf8');
  await expect(runExperiment(one, ['engine'], hooks, folder)).rejects.toMatchObject({
    code: 'run-folder-exists',
    message: expect.stringContaining('already holds the results'),
  });
  expect(readFileSync(join(folder, 'comparison.json'), 'utf8')).toBe(kept);
});

test('a prediction may join the real runs that it is compared with', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const one = parseExperiment('one.yaml', text.replace('seeds: [3, 4]', ''));
  await runExperiment(one, ['engine'], hooks, folder);
  const both = await runExperiment(one, ['simulator', 'engine'], hooks, folder, folder);
  expect(both.cells.every(({ simulated, real }) => simulated && real)).toBe(true);
});

test('what is no earlier run of just this experiment is not compared with it', async () => {
  const again = () => mkdtempSync(join(tmpdir(), 'flover-experiment-'));
  const compareWith = (from: string, to: string, results = out) => {
    const other = parseExperiment('small.yaml', text.replace(from, to));
    return runExperiment(other, ['simulator', 'engine'], hooks, again(), results);
  };
  for (const [from, to, said] of [
    ['meanIntervalMs: 1', 'meanIntervalMs: 2', /ran with the workload .*"meanIntervalMs":1/],
    ['dataType: f32', 'dataType: f16', /ran with the model .*"f32".* says .*"f16"/],
    ['seeds: [3, 4]', 'seeds: [4]', /ran with the replication 1, the experiment says 0/],
    ['blocks: 24', 'blocks: 25', /ran with the scheduler .*"blocks":24/],
    ['seeds: [3, 4]', 'seeds: [3, 5]', /holds no real run of temporal-fusion with seed 5/],
  ] as const) {
    const refused = expect(compareWith(from, to)).rejects;
    await refused.toMatchObject({ code: 'recorded-runs-missing', message: said });
  }
  const empty = again();
  await expect(compareWith('', '', empty)).rejects.toThrow(/there is no .*comparison\.json/);
  writeFileSync(join(empty, 'comparison.json'), '{"format": "flover-sw');
  await expect(compareWith('', '', empty)).rejects.toThrow(/does not say "format"/);
});
