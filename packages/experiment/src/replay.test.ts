import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunSignal } from '@flover/engine';
import { lookupPolicy } from '@flover/policy';
import { openRunFolder } from '@flover/trace';
import { beforeAll, describe, expect, test } from 'vitest';
import { quietHooks } from './hooks.ts';
import { type DamagedRun, replayFolder } from './replay.ts';
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
  expect(verdicts).toMatchObject([{ label: 'simulator/temporal-fusion-seed-1', identical: true }]);
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

test('a damaged run is named, and the others are replayed all the same', async () => {
  const hooks = quietHooks(new RunSignal());
  for (const [file, damage, code] of [
    ['trace.jsonl', '{"kind":"header"}\n', /^trace-/],
    ['manifest.json', '{ "format": "flover-r', /^manifest-/],
    ['policy.mjs', 'export default 5;\n', /^policy-file-/],
  ] as const) {
    const folder = fresh();
    cpSync(whole, folder, { recursive: true });
    writeFileSync(join(folder, without, file), damage);
    const [first, second] = await replayFolder(folder, hooks);
    expect(first).toMatchObject({ label: without, folder: join(folder, without) });
    expect(first).not.toHaveProperty('identical');
    expect((first as DamagedRun).error.code).toMatch(code);
    expect((first as DamagedRun).error.message).toContain(join(folder, without, file));
    expect(second).toMatchObject({ identical: true });
    await expect(replayFolder(join(folder, without), hooks)).rejects.toMatchObject({
      code: expect.stringMatching(code),
    });
  }
});

test('a policy file that is wrong is told of once, and is no damage of the runs', async () => {
  const file = join(fresh(), 'mine.ts');
  writeFileSync(file, 'export default 5;');
  const hooks = quietHooks(new RunSignal());
  const code = 'policy-file-shape';
  await expect(replayFolder(whole, hooks, file)).rejects.toMatchObject({ code });
});

describe('a run that was recorded when the default was another', () => {
  /** LLaMA-13B on an H100 at commit 10036ee; newer runs name every parameter. */
  const older = fileURLToPath(
    new URL('../test/fixtures/older-default/chunked-prefill-seed-1', import.meta.url),
  );

  test('replays with the default of its time', async () => {
    expect(openRunFolder(older).manifest.policy.parameters).toEqual({});
    const [verdict] = await replayFolder(older, quietHooks(new RunSignal()));
    expect(verdict).toMatchObject({ identical: true });
  });

  test('may be asked of a policy file without those parameters', async () => {
    const file = join(fresh(), 'plain.ts');
    const plan = '(lane, plan) { if (plan.admit(plan.waiting.first)) plan.decodeAll(); }';
    const create = `create: () => ({ name: 'plain', lanes: ['main'], plan${plan} })`;
    writeFileSync(file, `export default { name: 'plain', parameters: {}, ${create} };`);
    const [verdict] = await replayFolder(older, quietHooks(new RunSignal()), file);
    expect(verdict).toMatchObject({ identical: false });
  });
});

test('a run names every parameter of a built-in policy', () => {
  const { policy } = openRunFolder(join(whole, 'simulator/temporal-fusion-seed-1')).manifest;
  expect(policy.parameters).toEqual(lookupPolicy('temporal-fusion').parameters);
});
