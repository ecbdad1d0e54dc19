import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunSignal } from '@flover/engine';
import type { Sweep } from '@flover/metrics';
import type { FloverError } from '@flover/policy';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { quietHooks } from '../hooks.ts';
import { replayFolder } from '../replay.ts';
import { CellSimulator } from './cell-simulator.ts';
import type { SweepCell } from './plan.ts';
import type { CellOutcome } from './results-file.ts';
import { runSweep, type SweepRunner } from './run-sweep.ts';
import { parseSweep } from './sweep-file.ts';

const text = `name: small
model: { shape: tiny-llama, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion, continuous-batching]
workload:
  kind: synthetic
  requests: 6
  arrivals: { kind: poisson, meanIntervalMs: 1 }
  prompt: { kind: uniform, minTokens: 1, maxTokens: 12 }
  output: { kind: uniform, minTokens: 1, maxTokens: 30 }
seeds: 1..2
sweep:
  workload.arrivals.meanIntervalMs: [0.1, 1, 5]
  memory: [{ kind: slots }, { kind: paged, blockTokens: 4 }]
`;

const simulator = new CellSimulator();
const hooks = quietHooks(new RunSignal());

interface Watched extends SweepRunner {
  /** Keys of the cells that were performed, in order. */
  readonly performed: string[];
}

/** Performs cells in this thread; `around` may end them otherwise. */
function runner(
  around: (
    cell: SweepCell,
    simulate: () => Promise<CellOutcome>,
  ) => Promise<CellOutcome | undefined> = (_, simulate) => simulate(),
  changes: Partial<SweepRunner> = {},
): Watched {
  const performed: string[] = [];
  return {
    ...{ width: 1, cancelled: false, commandLine: [], performed },
    say: () => {},
    progress: () => {},
    perform: (cell, traces) =>
      around(cell, async () => {
        performed.push(cell.key);
        return (await simulator.simulate(cell, hooks, traces))!;
      }),
    ...changes,
  };
}

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'flover-sweep-'));
const resultsOf = (out: string) => readFileSync(join(out, 'results.jsonl'), 'utf8');
const keysIn = (lines: string) =>
  lines
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as SweepCell).key);
const perform = (written: string, out: string, by: SweepRunner, keepTraces = false) =>
  runSweep(parseSweep('small.yaml', written), by, { out, keepTraces });

const whole = temporaryFolder();
let document: Sweep;
let results: string;

beforeAll(async () => {
  document = await perform(text, whole, runner());
  results = resultsOf(whole);
}, 60_000);

test('a line a cell, a point a setting and policy, with intervals over the seeds', () => {
  expect(keysIn(results)).toHaveLength(24);
  expect(new Set(keysIn(results)).size).toBe(24);
  expect(document).toMatchObject({
    outcome: 'complete',
    cells: { total: 24, done: 24, failed: 0 },
    labels: ['temporal-fusion', 'continuous-batching'],
    seeds: [1, 2],
    failures: [],
  });
  expect(document.points).toHaveLength(12);
  for (const { axes, done, metrics } of document.points) {
    expect(Object.keys(axes)).toEqual(['workload.arrivals.meanIntervalMs', 'memory']);
    expect(done).toBe(2);
    expect(metrics.requestsServed).toEqual({ estimate: 6, low: 6, high: 6, count: 2 });
    const { estimate, low, high } = metrics.e2eMsP50!;
    expect(low!).toBeLessThan(estimate);
    expect(high!).toBeGreaterThan(estimate);
  }
  expect(JSON.parse(readFileSync(join(whole, 'sweep.json'), 'utf8'))).toEqual(document);
});

test('a profile brought over to several devices is told once for each', async () => {
  const file = fileURLToPath(
    new URL('../../../../experiments/10-fidelity/profiles/llama-7b.json', import.meta.url),
  );
  const [model, costModel] = ['llama-13b, dataType: f16', `kind: transfer, file: ${file}`];
  const written = text
    .replace('tiny-llama, dataType: f32', model)
    .replace('kind: roofline, device: cpu', costModel)
    .replace('temporal-fusion, continuous-batching', 'temporal-fusion')
    .replace(/sweep:[\s\S]*/, 'sweep:\n  costModel.device: [h200, h100-sxm]\n');
  const out = temporaryFolder();
  const { costModels, outcome, points } = await perform(written, out, runner());
  expect(outcome).toBe('complete');
  expect(points.map(({ axes }) => axes['costModel.device'])).toEqual(['h200', 'h100-sxm']);
  const name = 'transferred profile';
  expect(costModels).toEqual(
    ['h200', 'h100-sxm'].map((device) => ({ name, from: `${file}, on ${device}` })),
  );
  rmSync(out, { recursive: true });
});

test('several tenants: each cell tells them apart, each point estimates them, a part can be an axis', async () => {
  const part = text.slice(text.indexOf('  kind: synthetic'), text.indexOf('seeds:')).trim();
  const parts = ['a', 'b'].map(
    (tenant) => `    - tenant: ${tenant}\n      ${part.replaceAll('\n  ', '\n      ')}\n`,
  );
  const mixed = `${text.slice(0, text.indexOf('workload:'))}workload:\n  kind: mix\n  parts:\n${parts.join('')}seeds: 1..2
sweep:
  workload.parts.1.requests: [3, 6]
`;
  const out = temporaryFolder();
  const sweep = await runSweep(parseSweep('mix.yaml', mixed), runner(), { out, keepTraces: false });
  expect(sweep.points.length).toBe(4);
  for (const { axes, metrics, tenants } of sweep.points) {
    const requests = tenants!.map(({ metrics }) => metrics.requestsArrived!.estimate);
    expect(requests).toEqual([6, axes['workload.parts.1.requests']]);
    expect(tenants!.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
    const service = tenants!.reduce((sum, { metrics }) => sum + metrics.serviceTokens!.estimate, 0);
    expect(service).toBeCloseTo(metrics.serviceTokens!.estimate, 9);
  }
  const [line] = resultsOf(out).split('\n');
  expect(JSON.parse(line!).tenants).toHaveLength(2);
  // What was read back is what was written.
  const again = runner();
  const { createdAt: _, ...second } = await runSweep(parseSweep('mix.yaml', mixed), again, {
    out,
    keepTraces: false,
  });
  expect(again.performed).toEqual([]);
  expect(second).toEqual({ ...sweep, createdAt: undefined });
});

describe('resuming', () => {
  test('wherever the file was torn: what was there is not redone, the end is the same', async () => {
    const lines = results.split('\n').slice(0, -1);
    const places = lines.map((_, place) => place);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(places, { minLength: places.length }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        async (order, share, width) => {
          const out = temporaryFolder();
          const ended = order.map((place) => lines[place]);
          const bytes = Math.round(share * results.length);
          writeFileSync(join(out, 'results.jsonl'), `${ended.join('\n')}\n`.slice(0, bytes));
          // A line that lacks only its end is whole.
          const lost = order.filter((_, i) => ended.slice(0, i + 1).join('\n').length > bytes);
          const by = runner(undefined, { width });
          await perform(text, out, by);
          expect(resultsOf(out) === results).toBe(true);
          const keys = keysIn(results);
          expect(by.performed.toSorted()).toEqual(lost.map((place) => keys[place]).toSorted());
          rmSync(out, { recursive: true });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('after a cancel: the cells under way are done again, the others are not', async () => {
    const out = temporaryFolder();
    let cancelled = false;
    const cut = runner(
      async (_, simulate) => {
        if (cut.performed.length === 9) cancelled = true;
        return cancelled ? undefined : await simulate();
      },
      { width: 2 },
    );
    const partial = await perform(text, out, {
      ...cut,
      get cancelled() {
        return cancelled;
      },
    });
    expect(partial).toMatchObject({ outcome: 'cancelled', cells: { total: 24, done: 9 } });
    const rest = runner();
    expect(await perform(text, out, rest)).toMatchObject({ outcome: 'complete' });
    expect(rest.performed).toHaveLength(15);
    expect(resultsOf(out)).toBe(results);
  });
});

test('a cell that fails says why, the rest goes on, and the next start tries it again', async () => {
  const out = temporaryFolder();
  const error = { code: 'policy-stuck', message: 'nothing will ever happen again' };
  const [first] = keysIn(results);
  const failing = runner(async (cell, simulate) => (cell.key === first ? { error } : simulate()));
  const partial = await perform(text, out, failing);
  expect(partial).toMatchObject({ outcome: 'complete', cells: { done: 23, failed: 1 } });
  expect(partial.failures).toEqual([
    {
      axes: { 'workload.arrivals.meanIntervalMs': 0.1, memory: { kind: 'slots' } },
      label: 'temporal-fusion',
      seed: 1,
      error,
    },
  ]);
  expect(partial.points[0]).toMatchObject({ done: 1, failed: 1 });
  const again = runner();
  await perform(text, out, again);
  expect(again.performed).toEqual([first]);
  expect(resultsOf(out)).toBe(results);
});

describe('a changed file', () => {
  const changed = async (to: string) => {
    const out = temporaryFolder();
    writeFileSync(join(out, 'results.jsonl'), results);
    const by = runner();
    await perform(to, out, by);
    return { out, by };
  };

  test('is not mistaken for what was done, and changed back it is done', async () => {
    const { out, by } = await changed(text.replace('requests: 6', 'requests: 7'));
    expect(by.performed).toHaveLength(24);
    expect(keysIn(resultsOf(out))).toEqual(by.performed);
    const back = runner();
    await perform(text, out, back);
    expect(back.performed).toEqual([]);
    expect(resultsOf(out)).toBe(results);
  });

  test('that asks for more makes only what is new', async () => {
    expect((await changed(text.replace('1..2', '1..3'))).by.performed).toHaveLength(12);
    expect((await changed(text.replace('1, 5]', '1, 5, 9]'))).by.performed).toHaveLength(8);
    expect((await changed(`${text}slo: { ttftMs: 3 }\n`)).by.performed).toHaveLength(24);
  });

  test('settings that come to the same cell share it', async () => {
    const { out, by } = await changed(text.replace('1, 5]', '1, 5, 5]'));
    expect(by.performed).toEqual([]);
    expect(keysIn(resultsOf(out))).toHaveLength(32);
  });
});

test("a user's policy that changed is another, one that only moved is not", async () => {
  const policy = (folder: string, tokens: number) => {
    const file = join(folder, 'mine.ts');
    const plan = `plan(lane, plan) { const [r] = plan.waiting; const [s] = r ? plan.admit(r) : [];
      if (s) plan.prefill(s, Math.min(r.promptTokens, ${tokens})); else plan.decodeAll(); }`;
    writeFileSync(
      file,
      `export default { name: 'mine', create: () => ({ name: 'mine', lanes: ['main'], ${plan} }) };`,
    );
    return text.replace('[temporal-fusion, continuous-batching]', `[{ file: ${file} }]`);
  };
  const [out, one, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const counts = [];
  for (const [folder, tokens] of [
    [one, 64],
    [other, 64],
    [one, 63],
  ] as const) {
    const by = runner();
    await perform(policy(folder, tokens), out, by);
    counts.push(by.performed.length);
  }
  expect(counts).toEqual([12, 0, 12]);
});

test('a policy file that is none is named as the user has it, not by the copy that is kept', async () => {
  const [out, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, 'mine.ts');
  const written = text.replace('[temporal-fusion, continuous-batching]', `[{ file: ${file} }]`);
  const told = async (source: string) => {
    writeFileSync(file, source);
    const by = runner(async (_, simulate) =>
      simulate().catch(({ code, message }: FloverError) => ({ error: { code, message } })),
    );
    const { failures } = await perform(written, out, by);
    return failures[0]!.error;
  };
  expect(await told('export default 7;')).toEqual({
    code: 'policy-file-shape',
    message: `the default export of ${file} is no object`,
  });
  expect(await told("throw new Error('no');")).toEqual({
    code: 'policy-file-broken',
    message: `${file} threw while it was loaded: no`,
  });
});

test('a policy that sees true output lengths is marked, also where its results were there', async () => {
  const [out, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, 'knowing.ts');
  writeFileSync(
    file,
    `import { lookupPolicy } from '@flover/policy';
    export default {
      name: 'knowing',
      parameters: { oracle: true },
      create: ({ oracle }) => {
        const fusion = lookupPolicy('temporal-fusion');
        return { ...fusion.create(fusion.parameters), name: 'knowing', oracle };
      },
    };`,
  );
  const policies = `[temporal-fusion, { file: ${file}, label: knowing }, { file: ${file}, label: blind, parameters: { oracle: false } }]`;
  const written = text.replace('[temporal-fusion, continuous-batching]', policies);
  const { oracles, outcome } = await perform(written, out, runner());
  expect({ oracles, outcome }).toEqual({ oracles: ['knowing'], outcome: 'complete' });
  expect((await perform(written, out, runner())).oracles).toEqual(['knowing']);
  expect(document).not.toHaveProperty('oracles');
});

test('one sweep at a time writes into a folder; a dead one does not hold it', async () => {
  const out = temporaryFolder();
  // Process 1 lives as long as the machine; no machine gives this other number.
  writeFileSync(join(out, 'sweep.lock'), '1\n');
  const refused = await perform(text, out, runner()).catch((error: FloverError) => error);
  expect(refused).toMatchObject({ code: 'bad-results-folder', message: /process 1 / });
  writeFileSync(join(out, 'sweep.lock'), '999999999\n');
  expect(await perform(text, out, runner())).toMatchObject({ outcome: 'complete' });
  expect(existsSync(join(out, 'sweep.lock'))).toBe(false);
});

test('traces are kept where they are asked for, and replay', async () => {
  const out = temporaryFolder();
  const short = text.replace('[0.1, 1, 5]', '[1]').replace('1..2', '[1]');
  await perform(short, out, runner());
  const by = runner();
  await perform(short, out, by, true);
  expect(by.performed).toHaveLength(4);
  const verdicts = await replayFolder(join(out, 'traces'), hooks);
  expect(verdicts).toMatchObject(Array(4).fill({ identical: true }));
  const again = runner();
  await perform(short, out, again, true);
  expect(again.performed).toEqual([]);
});
