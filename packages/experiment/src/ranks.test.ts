import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { expect, test } from 'vitest';
import { quietHooks } from './hooks.ts';
import { runExperiment } from './run-experiment.ts';
import { parseExperiment } from './spec/load.ts';

const textWith = (engine: string) => `name: small
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: cpu, threads: 2, ${engine} }
costModel: { kind: roofline, device: h100-sxm }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion]
workload:
  kind: synthetic
  requests: 6
  arrivals: { kind: constant, intervalMs: 1 }
  prompt: { kind: fixed, tokens: 8 }
  output: { kind: fixed, tokens: 12 }
`;

const folder = () => mkdtempSync(join(tmpdir(), 'flover-ranks-'));
const run = (engine: string, out: string) =>
  runExperiment(
    parseExperiment('small.yaml', textWith(engine)),
    ['simulator', 'engine'],
    quietHooks(new RunSignal()),
    out,
  );

test('a model shared by two ranks runs in both worlds, and the manifests say so', async () => {
  const out = folder();
  const { cells, engine } = await run('tensorParallel: 2, devices: [0, 0]', out);
  expect(engine?.device).toMatch(/, 2 ranks on 1 device$/);
  const { real, simulated, replay } = cells[0]!;
  expect(replay).toMatchObject({ identical: true });
  for (const cell of [real!, simulated!]) {
    expect(cell.metrics.values.requestsServed).toBe(6);
    const manifest = JSON.parse(readFileSync(join(out, cell.folder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ worldSize: 2, collective: 'one-shot', devices: [0, 0] });
  }
});

test.each([
  ['tensorParallel: 2, devices: [0, 3]', 'tensorParallel: rank 1 asks for device 3; seen: 1'],
  ['tensorParallel: 2, collective: nccl', 'collective: the cpu backend'],
])('%s is refused with its line when the engine opens', async (engine, message) => {
  const error: Error = await run(engine, folder()).then(
    () => expect.fail('it ran'),
    (thrown) => thrown,
  );
  expect(error.message).toMatch(/^small\.yaml:3:\d+: /);
  expect(error.message).toContain(`engine.${message}`);
});
