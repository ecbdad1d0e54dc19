import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sweep } from '@flover/metrics';
import { stream, wholeBelow } from '@flover/workload';
import { expect, test } from 'vitest';
import { flover, start, temporaryFolder, written } from './flover.ts';

const EXPERIMENT = `name: tiny-sweep
model: { shape: tiny-llama, dataType: f32 }
costModel: { kind: roofline, device: cpu }
limits: { maxSequences: 8, maxSequenceTokens: 64 }
policies: [temporal-fusion, continuous-batching]
workload:
  kind: synthetic
  requests: 400
  arrivals: { kind: poisson, meanIntervalMs: 1 }
  prompt: { kind: uniform, minTokens: 2, maxTokens: 8 }
  output: { kind: uniform, minTokens: 4, maxTokens: 40 }
seeds: 1..5
sweep:
  workload.arrivals.meanIntervalMs: [0.2, 0.5, 1, 2]
  memory: [{ kind: slots }, { kind: contiguous, reordering: least-bytes }]
`;
const CELLS = 80;

const resultsOf = (out: string) => readFileSync(join(out, 'results.jsonl'), 'utf8');
/** Whole lines that are there now. */
const linesOf = (out: string) =>
  existsSync(join(out, 'results.jsonl')) ? resultsOf(out).split('\n').slice(0, -1) : [];
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts a sweep and signals it once it has this many lines; how it ended. */
async function cut(signal: 'SIGKILL' | 'SIGINT', lines: number, words: string[], out: string) {
  const { process: child, finished } = start('sweep', ...words, '-o', out);
  while (linesOf(out).length < lines && child.exitCode === null) await pause(2);
  child.kill(signal);
  return await finished;
}

test('killed again and again it loses no cell, does none twice, and ends with the same bytes', async () => {
  const folder = temporaryFolder();
  const file = written(folder, 'sweep.yaml', EXPERIMENT);
  const [whole, out] = [join(folder, 'whole'), join(folder, 'cut')];
  expect((await flover('sweep', file, '-o', whole, '-w', '1', '--json')).code).toBe(0);
  expect(linesOf(whole)).toHaveLength(CELLS);

  const seed = Date.now();
  const random = stream(seed, 'kills');
  for (let kill = 0; kill < 4; kill++) {
    const kept = linesOf(out);
    const { code } = await cut('SIGKILL', kept.length + wholeBelow(random, 18), [file], out);
    expect([seed, code]).toEqual([seed, null]);
    // Nothing that was there is lost or was done again.
    const now = linesOf(out);
    expect([seed, now.slice(0, kept.length)]).toEqual([seed, kept]);
    expect([seed, new Set(now).size]).toEqual([seed, now.length]);
  }
  const ended = await flover('sweep', file, '-o', out, '--json');
  expect(ended.code).toBe(0);
  expect([seed, resultsOf(out) === resultsOf(whole)]).toEqual([seed, true]);
  const { points } = JSON.parse(ended.stdout) as Sweep;
  expect(points).toEqual(JSON.parse(readFileSync(join(whole, 'sweep.json'), 'utf8')).points);
});

test('Ctrl-C keeps what has ended and says how to go on', async () => {
  const folder = temporaryFolder();
  const file = written(folder, 'sweep.yaml', EXPERIMENT);
  const out = join(folder, 'out');
  const { code, stderr, stdout } = await cut('SIGINT', 5, [file], out);
  expect(code).toBe(130);
  expect(stderr).toMatch(/Stopping: what has ended is kept, and the same command goes on/);
  expect(stdout).toMatch(/^meanIntervalMs +memory +policy +p50 ms +p99 ms/m);
  const kept = linesOf(out).length;
  expect(kept).toBeGreaterThanOrEqual(5);
  const rest = await flover('sweep', file, '-o', out);
  expect(rest.stderr).toMatch(`${kept} of ${CELLS} cells are there already.`);
  expect(rest.code).toBe(0);
  expect(linesOf(out)).toHaveLength(CELLS);
});

test('cells that fail say why, also those that take their thread along; the rest goes on', async () => {
  const folder = temporaryFolder();
  written(
    folder,
    'mine.ts',
    `const wrong = {
      throws() { throw new Error('no more'); },
      loops() { for (;;); },
      quits() { process.exit(7); },
      works() {},
    };
    export default {
      name: 'mine',
      parameters: { how: 'works' },
      create: ({ how }) => ({
        name: 'mine',
        lanes: ['main'],
        plan(lane, plan) {
          wrong[how]();
          for (const sequence of plan.sequences) {
            if (sequence.state === 'prefill') plan.prefill(sequence, sequence.request.promptTokens);
          }
          for (const request of plan.waiting) {
            const [sequence] = plan.admit(request);
            if (sequence === undefined) break;
            plan.prefill(sequence, request.promptTokens);
          }
          plan.decodeAll();
        },
      }),
    };`,
  );
  const text = EXPERIMENT.replace('[temporal-fusion, continuous-batching]', '[{ file: mine.ts }]')
    .replace('1..5', '1..2')
    .replace('requests: 400', 'requests: 6')
    .replace(
      /sweep:[\s\S]*/,
      'sweep:\n  policies.0.parameters.how: [throws, loops, quits, works]\n',
    );
  const out = join(folder, 'out');
  const ran = await flover('sweep', written(folder, 'sweep.yaml', text), '-o', out, '-w', '2');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(
    /failed \[policy-threw\] .*no more, at mine\.ts:2:\d+\n {2}in mine, seed 1, .*how throws/,
  );
  expect(ran.stderr).toMatch(/failed \[policy-hung\] .*\n {2}in mine, seed 1, .*, and in 1 more/);
  expect(ran.stderr).toMatch(/failed \[worker-died\] .*7/);
  const { cells, points } = JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')) as Sweep;
  expect(cells).toEqual({ total: 8, done: 2, failed: 6 });
  expect(points.at(-1)?.metrics.requestsServed).toMatchObject({ estimate: 6, count: 2 });
});

test('what is wrong with the file is said before anything runs', async () => {
  const folder = temporaryFolder();
  const file = written(folder, 'sweep.yaml', EXPERIMENT.replace('0.5, 1', '0.5, fast'));
  const out = join(folder, 'out');
  const { code, stderr } = await flover('sweep', file, '-o', out);
  expect(code).toBe(2);
  expect(stderr).toMatch(/sweep\.yaml:14:48: workload\.arrivals\.meanIntervalMs is 'fast'/);
  expect(existsSync(out)).toBe(false);
});
