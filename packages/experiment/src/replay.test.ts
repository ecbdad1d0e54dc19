import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { beforeAll, expect, test } from 'vitest';
import { quietHooks } from './hooks.ts';
import { replayFolder } from './replay.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

const text = `name: replayed
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu, threads: 1 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion, sequential]
workload:
  kind: synthetic
  requests: 4
  arrivals: { kind: constant, intervalMs: 1 }
  prompt: { kind: fixed, tokens: 4 }
  output: { kind: fixed, tokens: 4 }
`;

const fresh = () => mkdtempSync(join(tmpdir(), 'flover-replay-'));
const whole = fresh();
const without = 'simulator/sequential-seed-1';

beforeAll(async () => {
  const hooks = quietHooks(new RunSignal());
  await runExperiment(parseExperiment('replayed.yaml', text), ['simulator'], hooks, whole);
});

test('runs whose traces were not kept are passed over, and it is said how many', async () => {
  const folder = fresh();
  cpSync(whole, folder, { recursive: true });
  rmSync(join(folder, without, 'trace.jsonl'));
  const said: string[] = [];
  const hooks = { ...quietHooks(new RunSignal()), say: (line: string) => said.push(line) };
  const verdicts = await replayFolder(folder, hooks);
  expect(verdicts.map(({ label, identical }) => [label, identical])).toEqual([
    ['simulator/temporal-fusion-seed-1', true],
  ]);
  expect(said).toEqual(['1 of 2 run folders kept no trace']);
  await expect(replayFolder(join(folder, without), hooks)).rejects.toThrow('no trace.jsonl');
});

test('a manifest of something else is no run, and does not hide the runs below it', async () => {
  const folder = fresh();
  cpSync(whole, join(folder, 'validation', 'runs'), { recursive: true });
  for (const other of [join(folder, 'validation'), join(folder, 'empty')]) {
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'manifest.json'), '{ "format": "flover-gpu-validation" }');
  }
  const said: string[] = [];
  const hooks = { ...quietHooks(new RunSignal()), say: (line: string) => said.push(line) };
  expect(await replayFolder(folder, hooks)).toHaveLength(2);
  expect(said).toEqual([]);
});
