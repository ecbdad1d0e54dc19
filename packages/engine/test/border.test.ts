import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { NativeEngine, NativeEngineConfig, NativeSequence } from '../src/addon-types.ts';
import { addonCandidates, loadAddon } from '../src/binding.ts';
import { collectGarbage } from '../src/run/collect.ts';
import { completionFor } from '../src/run/completion.ts';

const THREADS = 4;
const LANES = 2;
const config: NativeEngineConfig = {
  model: {
    family: 'llama',
    dataType: 'f32',
    layers: 2,
    hidden: 32,
    intermediate: 64,
    heads: 4,
    kvHeads: 2,
    headDim: 8,
    vocabulary: 64,
    maxPositions: 64,
    normEpsilon: 1e-5,
    rope: { theta: 10_000, dims: 8 },
  },
  lanes: LANES,
  blocks: 4,
  blockTokens: 64,
  hostBlocks: 0,
  maxSequences: 4,
  maxSequenceTokens: 64,
  maxRowTokens: 64,
  threads: THREADS,
};

function open(): NativeEngine {
  const engine = new (loadAddon().Engine)(config, 'cpu');
  engine.synthesize(1);
  engine.ready();
  engine.startClock();
  return engine;
}

function sequence(id: number): NativeSequence {
  const group = { groupFirst: id, groupIndex: 0, groupWidth: 1, group: 'single' as const };
  return { id, ...group, prompt: new Int32Array(60).fill(1), maxOutputTokens: 4 };
}

/** Adds a sequence and queues its prompt, in the block of its own number. */
function prefill(engine: NativeEngine, id: number): void {
  const row = (value: number) => Int32Array.of(value);
  engine.add(sequence(id));
  engine.launch(
    id,
    id % LANES,
    1,
    row(id),
    row(0),
    row(60),
    row(2),
    0,
    Int32Array.of(3, id, 0, id),
    4,
  );
}

const threadsHere = () => readdirSync('/proc/self/task').length;

test('an engine that nobody holds is closed by the collector, works in flight or not', async () => {
  const before = threadsHere();
  const lose = () => {
    const engine = open();
    for (let id = 0; id < 4; id++) prefill(engine, id);
    // A pool's first thread is the lane's that asks.
    expect(threadsHere()).toBe(before + LANES + THREADS - 1);
  };
  lose();
  for (let turn = 0; turn < 100 && threadsHere() > before; turn++) {
    // A finaliser runs between tasks.
    await sleep(1);
    collectGarbage();
  }
  expect(threadsHere()).toBe(before);
});

test('a getter that takes away an array about to be written to is found out', () => {
  const engine = open();
  prefill(engine, 0);
  const completion = completionFor(4);
  const { header } = completion;
  Object.defineProperty(completion, 'stopped', {
    get() {
      structuredClone(header, { transfer: [header.buffer] });
      return new Uint8Array(4);
    },
  });
  expect(() => engine.wait(-1, completion)).toThrow(/header \(length 0\)/);
  expect(engine.wait(-1, completionFor(4))).toBe(true);
  engine.close();
});

test('a getter that closes the engine is found out', () => {
  const engine = open();
  const closing = {
    ...sequence(0),
    get maxOutputTokens() {
      engine.close();
      return 4;
    },
  };
  expect(() => engine.add(closing)).toThrow('this engine has been closed');
});

test('a tensor may lie in memory that threads share', () => {
  const engine = new (loadAddon().Engine)(config, 'cpu');
  const name = 'model.norm.weight';
  const shared = new Float32Array(new SharedArrayBuffer(4 * 40), 4 * 8);
  engine.loadTensor(name, 0, [32], shared);
  expect(() => engine.loadTensor(name, 0, [32], shared)).toThrow(/was loaded already/);
  shared[31] = Number.NaN;
  const other = new (loadAddon().Engine)(config, 'cpu');
  expect(() => other.loadTensor(name, 0, [32], shared)).toThrow(/holds NaN at element 31/);
  engine.close();
  other.close();
});

test('arrays that are detached, too short or of another type are refused, and nothing is lost', () => {
  const engine = open();
  prefill(engine, 0);
  const room = completionFor(4);
  const detached = new Int32Array(4);
  structuredClone(detached, { transfer: [detached.buffer] });
  for (const [name, array] of [
    ['tokens', detached],
    ['tokens', new Int32Array(3)],
    ['tokens', new Float32Array(4)],
    ['header', new Float64Array(7)],
    ['logProbs', undefined],
  ] as const) {
    const wrong = { ...room, [name]: array } as typeof room;
    expect(() => engine.wait(-1, wrong)).toThrow(new RegExp(`^${name} `));
  }
  expect(engine.wait(-1, room)).toBe(true);
  expect(room.header[6]).toBe(1);
  engine.close();
});

test('methods belong to engines', () => {
  const { prototype } = loadAddon().Engine as unknown as { prototype: NativeEngine };
  expect(() => prototype.nowNanos.call({})).toThrow(TypeError);
  expect(() => prototype.nowNanos.call(prototype)).toThrow(TypeError);
});

/** Opens engines and runs works for ever, in a thread that is ended from outside. */
const endless = `
const { workerData, parentPort } = require('node:worker_threads');
const { Engine } = require(workerData.addon);
const row = Int32Array.of;
const engine = new Engine(workerData.config, 'cpu');
engine.synthesize(1);
engine.ready();
engine.startClock();
const completion = { header: new Float64Array(8), sequences: new Int32Array(4),
  tokens: new Int32Array(4), logProbs: new Float32Array(4), stopped: new Uint8Array(4) };
parentPort.postMessage('ready');
for (;;) {
  engine.add({ ...workerData.sequence });
  engine.launch(0, 0, 1, new Int32Array(1), new Int32Array(1), new Int32Array(1).fill(60),
    new Int32Array(1).fill(2), 0, Int32Array.from([3, 0, 0, 0]), 4);
  if (!engine.wait(0, completion)) {
    try { engine.result(0); } catch {}
    engine.wait(-1, completion);
  }
  try { engine.add({ id: 0 }); } catch {}
  engine.release(0);
}`;

test('a thread ended in the middle of a call takes its engine with it, and the process lives', async () => {
  const here = fileURLToPath(new URL('../src', import.meta.url));
  const addon = process.env.FLOVER_ADDON || addonCandidates(here).find((file) => existsSync(file));
  const before = threadsHere();
  for (let i = 0; i < 8; i++) {
    const workerData = { addon, config, sequence: sequence(0) };
    const worker = new Worker(endless, { eval: true, workerData });
    let failed = '';
    worker.on('error', ({ message }) => {
      failed = message;
    });
    await new Promise((resolve) => worker.once('message', resolve).once('exit', resolve));
    await sleep(i);
    await worker.terminate();
    expect(failed).toBe('');
  }
  expect(threadsHere()).toBe(before);
});

test('a refused number is told as it was given, and a closed engine what comes next', () => {
  const engine = new (loadAddon().Engine)(config, 'cpu');
  expect(() => engine.synthesize(-1)).toThrow('seed = -1 is not allowed');
  expect(() => engine.synthesize(0.1)).toThrow('seed = 0.1 is not allowed');
  expect(() => engine.synthesize(-3n)).toThrow('seed = -3 is not allowed');
  expect(() => engine.add({ ...sequence(0), maxOutputTokens: 1.5 })).toThrow('= 1.5 is not');
  engine.close();
  expect(() => engine.ready()).toThrow(
    expect.objectContaining({ code: 'engine-closed', hint: 'open a new engine' }),
  );
});
