import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScheduler, definePolicy, type Policy } from '@flover/policy';
import { type MemorySink, memorySink, modelNamed, type TraceSink } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../src/engine.ts';
import { limitsFor } from '../src/limits.ts';
import { ListSource } from '../src/run/list-source.ts';
import { type RunSummary, runEngine } from '../src/run/run.ts';
import { RunSignal } from '../src/run/signal.ts';
import { copyOf, fixture } from './fixtures.ts';
import { openCpu, promptRequest, runRequests, schedulerConfig } from './run-requests.ts';
import { floverErrorOf } from './thrown.ts';

const config = schedulerConfig();
const tiny = {
  kind: 'synthetic',
  shape: modelNamed('tiny-llama'),
  dataType: 'f32',
  seed: 1,
} as const;
const engine = openCpu(tiny, config);
afterAll(() => engine.close());

const requests = Array.from({ length: 6 }, (_, id) => promptRequest(id, [1, 2, 3], 40));

function runWith(policy: Policy | undefined, sink: TraceSink, more: object = {}): RunSummary {
  const definition =
    policy && definePolicy({ name: policy.name, parameters: {}, create: () => policy });
  const named = { ...config, policy: { name: policy?.name ?? 'temporal-fusion', parameters: {} } };
  const scheduler = createScheduler(named, definition);
  const prompts = { seed: 1, replication: 0 };
  return runEngine({ engine, scheduler, source: new ListSource(requests), sink, prompts, ...more });
}

function footerOf(sink: MemorySink): unknown {
  return sink.records.at(-1);
}

/** The engine must serve the next run as if nothing had happened. */
function expectStillServes(): void {
  const { outputs } = runRequests(engine, config, requests);
  expect([...outputs.values()].map(([output]) => output!.tokens.length)).toEqual(
    requests.map(() => 40),
  );
}

describe('a checkpoint', () => {
  test('with a NaN among its weights names the tensor', () => {
    const folder = copyOf('gptj');
    const file = join(folder, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes.fill(0xff, bytes.length - 8, bytes.length - 4);
    writeFileSync(file, bytes);
    const error = floverErrorOf(() => openCpu({ kind: 'checkpoint', folder }, config));
    expect(error.code).toBe('tensor-not-finite');
    expect(error.message).toContain(`${file}: tensor "transformer.`);
    expect(error.message).toMatch(/holds NaN at element \d+$/);
  });

  test('with a weight that the type asked for cannot hold names the tensor and a type that can', () => {
    const folder = copyOf('llama-mha');
    const file = join(folder, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes.writeFloatLE(1e6, bytes.length - 4);
    writeFileSync(file, bytes);
    const model = { kind: 'checkpoint', folder } as const;
    const error = floverErrorOf(() => openCpu({ ...model, dataType: 'f16' }, config));
    expect(error.code).toBe('tensor-overflow');
    expect(error.message).toMatch(/holds 1000000 at element \d+, more than f16 can hold/);
    expect(error.hint).toBe('set dataType to bf16 or f32');
    openCpu({ ...model, dataType: 'bf16' }, config).close();
  });

  test('with fewer positions than the scheduler may use is refused', () => {
    const long = { ...config, maxSequenceTokens: 513 };
    const model = { kind: 'checkpoint', folder: fixture('gptj') } as const;
    const { message } = floverErrorOf(() => openCpu(model, long));
    expect(message).toMatch(/maxSequenceTokens is 513, model '.*' allows 512/);
  });
});

test('a world that cannot divide the heads is refused with the reason', () => {
  const world = { size: 3 };
  const limits = limitsFor(config, 2);
  const error = floverErrorOf(() => Engine.open({ model: tiny, backend: 'cpu', limits, world }));
  expect(error.code).toBe('world-invalid');
  expect(error.message).toMatch(/does not divide the model's heads \(4\)/);
});

test.each([0, 1.5, Number.NaN])('a world of %d ranks is refused', (size) => {
  const limits = limitsFor(config, 2);
  const open = () => Engine.open({ model: tiny, backend: 'cpu', limits, world: { size } });
  const error = floverErrorOf(open);
  expect(error.code).toBe('world-invalid');
  expect(error.message).toBe(`size is ${size}; allowed: a whole number of at least 1`);
});

test('a prompt with a token that the model does not have is one error, and the engine lives', () => {
  const wrong = promptRequest(0, [1, 256], 4);
  const error = floverErrorOf(() => runRequests(engine, config, [wrong]));
  expect(error.message).toContain('256');
  expectStillServes();
});

describe('a policy', () => {
  const lane = { name: 'wrong', lanes: ['main'] };

  test('that throws is named; the trace is closed as failed, the engine lives', () => {
    let calls = 0;
    const sink = memorySink();
    const policy: Policy = {
      ...lane,
      plan(_, plan) {
        if (++calls > 12) throw new Error('out of ideas');
        for (const request of plan.waiting) plan.admit(request);
        for (const sequence of plan.sequences) {
          if (sequence.state === 'prefill') plan.prefill(sequence, 3);
        }
        plan.decodeAll();
      },
    };
    const signal = new RunSignal();
    const error = floverErrorOf(() => runWith(policy, sink, { signal }));
    expect(`${error.message} ${error.cause}`).toMatch(/wrong.*out of ideas/s);
    expect(footerOf(sink)).toMatchObject({ kind: 'footer', outcome: 'failed' });
    // Who watches must not take the end of the run for a policy that does not come back.
    expect(signal.inPolicy).toBe(false);
    expectStillServes();
  });

  test('that does nothing is named as stuck', () => {
    const sink = memorySink();
    const error = floverErrorOf(() => runWith({ ...lane, plan() {} }, sink));
    expect(error.code).toBe('policy-stuck');
    expect(error.message).toMatch(
      /policy 'wrong' has launched nothing .*6 requests \(0, 1, 2, .*unserved/,
    );
    expect(footerOf(sink)).toMatchObject({ outcome: 'failed' });
  });
});

test('a trace that can no longer be written ends the run with that error', () => {
  let room = 30;
  const full = memorySink();
  const sink: TraceSink = {
    ...full,
    action(action, timeNanos) {
      if (--room < 0) throw new Error('ENOSPC: no space left on device');
      full.action(action, timeNanos);
    },
    close() {
      throw new Error('ENOSPC: still no space');
    },
  };
  expect(() => runWith(undefined, sink)).toThrow('ENOSPC: no space left on device');
  expectStillServes();
});

describe('an engine', () => {
  test('whose work failed serves the next run', () => {
    const limits = limitsFor(config, 2, 1);
    const world = { size: 1, failure: { rank: 0, work: 3 } };
    const failing = Engine.open({ model: tiny, backend: 'cpu', limits, world });
    const error = floverErrorOf(() => runRequests(failing, config, requests));
    expect(error.code).toBe('fault-injected');
    // Too short for a fourth work.
    const { outputs } = runRequests(failing, config, [promptRequest(0, [1, 2, 3], 2)]);
    expect(outputs.get(0)![0]!.tokens).toHaveLength(2);
    failing.close();
  });

  test('that is closed, or closed in the middle of a run, says so', () => {
    const closed = openCpu(tiny, config);
    closed.close();
    closed.close();
    expect(floverErrorOf(() => runRequests(closed, config, requests)).code).toBe('engine-closed');
    const other = openCpu(tiny, config);
    const sink = memorySink();
    const output = () => other.close();
    const error = floverErrorOf(() => runWith(undefined, sink, { engine: other, output }));
    expect(error.code).toBe('engine-closed');
    expect(footerOf(sink)).toMatchObject({ outcome: 'failed', message: error.message });
  });

  test('takes no second run inside a first, and ends the first as if nothing had been asked', () => {
    const inner = memorySink();
    const outer = memorySink();
    const output = () => {
      const error = floverErrorOf(() => runWith(undefined, inner));
      expect(error.code).toBe('engine-busy');
    };
    expect(runWith(undefined, outer, { output }).outcome).toBe('complete');
    expect(footerOf(inner)).toMatchObject({ outcome: 'failed' });
    expectStillServes();
  });

  test('outlives a listener that throws', () => {
    const sink = memorySink();
    const output = () => {
      throw new Error('no room for outputs');
    };
    expect(() => runWith(undefined, sink, { output })).toThrow('no room for outputs');
    expect(footerOf(sink)).toMatchObject({ outcome: 'failed', message: 'no room for outputs' });
    expectStillServes();
  });
});

describe('cancelling', () => {
  test('ends every open request, closes the trace, and tells the watcher it was alive', () => {
    const sink = memorySink();
    const signal = new RunSignal();
    const output = (request: WorkloadRequest) => {
      if (request.id === 0) signal.cancel();
    };
    const { outcome } = runWith(undefined, sink, { signal, output });
    expect(outcome).toBe('cancelled');
    expect(footerOf(sink)).toMatchObject({ kind: 'footer', outcome: 'cancelled' });
    expect(signal.heartbeat).toBeGreaterThan(0);
    expect(signal.inPolicy).toBe(false);
    expectStillServes();
  });

  test('before the start serves nothing', () => {
    const sink = memorySink();
    const signal = new RunSignal();
    signal.cancel();
    const summary = runWith(undefined, sink, { signal });
    expect(summary).toMatchObject({ outcome: 'cancelled', requests: 0, iterations: 0 });
  });

  test('a client that gives up is not served to the end', () => {
    const impatient = { ...requests[0]!, maxOutputTokens: 300, cancelAfterNanos: 1_000_000 };
    const { outputs, sink } = runRequests(engine, config, [impatient]);
    const finish = sink.records.find((r) => r.kind === 'action' && r.action.kind === 'finish');
    expect(finish).toMatchObject({ action: { reason: 'cancelled' } });
    expect(outputs.get(0)![0]!.tokens.length).toBeLessThan(300);
  });
});
