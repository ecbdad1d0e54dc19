import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSignal } from '@flover/engine';
import { describe, expect, test } from 'vitest';
import { quietHooks } from '../hooks.ts';
import { replayFolder } from '../replay.ts';
import { CellSimulator } from './cell-simulator.ts';
import { runSweep, type SweepRunner } from './run-sweep.ts';
import { parseSweep } from './sweep-file.ts';

const text = `name: small
model: { shape: tiny-llama, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion]
workload:
  kind: synthetic
  requests: 3
  arrivals: { kind: poisson, meanIntervalMs: 1 }
  prompt: { kind: fixed, tokens: 4 }
  output: { kind: fixed, tokens: 4 }
seeds: 1..3
`;
const changed = text.replace('requests: 3', 'requests: 4');
const simulator = new CellSimulator();
const hooks = quietHooks(new RunSignal());
const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'flover-sweep-'));

/** Cells that the last start had to do. */
let performed = 0;

/** Starts a sweep in this thread, killed after `most` cells; how many cells it had to do. */
async function start(
  written: string,
  out: string,
  keepTraces = false,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  performed = 0;
  const runner: SweepRunner = {
    ...{ width: 1, cancelled: false, commandLine: [], say: () => {}, progress: () => {} },
    async perform(cell, traces) {
      if (performed === most) throw new Error('killed');
      performed++;
      return (await simulator.simulate(cell, hooks, traces))!;
    },
  };
  await runSweep(parseSweep('small.yaml', written), runner, { out, keepTraces });
  return performed;
}

test('after a cancel no further cell begins', async () => {
  const out = temporaryFolder();
  let ended = 0;
  const runner: SweepRunner = {
    ...{ width: 1, commandLine: [], say: () => {}, progress: () => {} },
    get cancelled() {
      return ended === 2;
    },
    async perform(cell) {
      const result = (await simulator.simulate(cell, hooks))!;
      ended++;
      return result;
    },
  };
  const sweep = parseSweep('small.yaml', text);
  const { outcome, cells } = await runSweep(sweep, runner, { out, keepTraces: false });
  expect({ outcome, done: cells.done, ended }).toEqual({ outcome: 'cancelled', done: 2, ended: 2 });
  expect(await start(text, out)).toBe(1);
});

describe('where the disk gives out while the results are put in order, nothing is lost', () => {
  // A folder stands where one of the files is about to be written.
  test.each(['results.jsonl', 'earlier.jsonl', 'sweep.json'])('%s', async (file) => {
    const out = temporaryFolder();
    expect(await start(text, out)).toBe(3);
    const results = readFileSync(join(out, 'results.jsonl'), 'utf8');
    expect(await start(changed, out)).toBe(3);
    const inTheWay = join(out, `${file}.partial`);
    for (const written of [text, changed, text]) {
      mkdirSync(inTheWay);
      await expect(start(written, out)).rejects.toThrow(/cannot write/);
      expect(performed).toBe(0);
      rmSync(inTheWay, { recursive: true });
    }
    expect(await start(text, out)).toBe(0);
    expect(readFileSync(join(out, 'results.jsonl'), 'utf8')).toBe(results);
    expect(await start(changed, out)).toBe(0);
  });
});

test('what comes after a torn line does not get torn with it', async () => {
  const out = temporaryFolder();
  await start(text, out);
  const results = readFileSync(join(out, 'results.jsonl'), 'utf8');
  truncateSync(join(out, 'results.jsonl'), 100);
  for (let i = 0; i < 2; i++) {
    await expect(start(text, out, false, 1)).rejects.toThrow('killed');
    expect(performed).toBe(1);
  }
  expect(await start(text, out)).toBe(1);
  expect(readFileSync(join(out, 'results.jsonl'), 'utf8')).toBe(results);
});

test('a trace that a killed process left torn is made again', async () => {
  const out = temporaryFolder();
  await start(text, out);
  expect(await start(text, out, true)).toBe(3);
  expect(await start(text, out, true)).toBe(0);
  const runs = await replayFolder(join(out, 'traces'), hooks);
  // Killed while it wrote: the trace is short, and its metrics are not there yet.
  truncateSync(join(runs[1]!.folder, 'trace.jsonl'), 700);
  rmSync(join(runs[1]!.folder, 'metrics.json'));
  expect(await start(text, out, true)).toBe(1);
  const again = await replayFolder(join(out, 'traces'), hooks);
  expect(again).toMatchObject(Array(3).fill({ identical: true }));
});
