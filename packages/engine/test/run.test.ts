import { createScheduler, type RequestId } from '@flover/policy';
import { kvBytesPerToken, memorySink, modelNamed } from '@flover/trace';
import type { RequestSource, WorkloadRequest } from '@flover/workload';
import { afterAll, describe, expect, test } from 'vitest';
import { runEngine } from '../src/run/run.ts';
import { promptOf } from '../src/run/sequences.ts';
import { RunSignal } from '../src/run/signal.ts';
import { openCpu, promptRequest, runRequests, schedulerConfig } from './run-requests.ts';

const shape = modelNamed('tiny-llama');
const config = schedulerConfig();
const engine = openCpu({ kind: 'synthetic', shape, dataType: 'f32', seed: 1 }, config);
afterAll(() => engine.close());

const bare = (id: number, more: Partial<WorkloadRequest> = {}): WorkloadRequest => {
  const { promptTokenIds: _, ...request } = promptRequest(id, new Array(9).fill(0), 12, more);
  return request;
};

describe('prompts', () => {
  const seeded = { seed: 3, replication: 0 };

  test('are those that the request brings', () => {
    expect([...promptOf(promptRequest(0, [5, 6, 7], 4), 256, seeded)]).toEqual([5, 6, 7]);
  });

  test('and are as long as the request says', () => {
    const wrong = { ...promptRequest(0, [5, 6, 7], 4), promptTokens: 5 };
    expect(() => promptOf(wrong, 256, seeded)).toThrow(
      'request 0 has 3 token ids and promptTokens 5',
    );
  });

  test('or are made from the seed and the request alone', () => {
    const prompt = promptOf(bare(4), 256, seeded);
    expect(prompt).toHaveLength(9);
    expect(promptOf(bare(4), 256, seeded)).toEqual(prompt);
    expect(promptOf(bare(5), 256, seeded)).not.toEqual(prompt);
    expect(promptOf(bare(4), 256, { seed: 4, replication: 0 })).not.toEqual(prompt);
    expect(promptOf(bare(4), 256, { seed: 3, replication: 1 })).not.toEqual(prompt);
  });
});

test('a wake-up that serves nobody any more does not hold the run up', () => {
  // The window is a whole hour; the batch is full as soon as both are there.
  const policy = {
    name: 'dynamic-batching',
    parameters: { maxBatchSize: 2, windowMs: 3_600_000 },
  };
  const { sink } = runRequests(engine, { ...config, policy }, [bare(0), bare(1)]);
  const kinds = sink.records.map((r) => (r.kind === 'action' ? r.action.kind : r.kind));
  expect(kinds).toContain('wake');
  expect(sink.records.at(-1)).toMatchObject({ kind: 'footer', outcome: 'complete' });
});

describe('output lengths', () => {
  const endOf = (request: WorkloadRequest) => {
    const { outputs, sink } = runRequests(engine, config, [request]);
    const finish = sink.records.find((r) => r.kind === 'action' && r.action.kind === 'finish');
    const reason =
      finish?.kind === 'action' && finish.action.kind === 'finish' && finish.action.reason;
    return [outputs.get(request.id)![0]!.tokens.length, reason];
  };

  test('a hidden length ends the output as the model would, by a stop', () => {
    expect(endOf(bare(0, { outputTokens: 5 }))).toEqual([5, 'stop']);
  });

  test('without one, or with one at the limit, the limit ends it', () => {
    expect(endOf(bare(0))).toEqual([12, 'length']);
    expect(endOf(bare(0, { outputTokens: 12 }))).toEqual([12, 'length']);
  });
});

/** Two clients, each sending its next request when its last one ended. */
class Pair implements RequestSource {
  readonly count = 6;
  readonly #due: { id: number; arrivalNanos: number }[] = [
    { id: 0, arrivalNanos: 0 },
    { id: 1, arrivalNanos: 0 },
  ];
  #given = 2;

  peekNanos(): number | undefined {
    return this.#due[0]?.arrivalNanos;
  }

  take(): WorkloadRequest {
    return bare(this.#due[0]!.id, { ...this.#due.shift()! });
  }

  finished(_: RequestId, timeNanos: number): void {
    if (this.#given < this.count) this.#due.push({ id: this.#given++, arrivalNanos: timeNanos });
  }
}

test('a closed loop is served to its end, two at a time', () => {
  const sink = memorySink();
  const scheduler = createScheduler(config);
  const prompts = { seed: 1, replication: 0 };
  const summary = runEngine({ engine, scheduler, source: new Pair(), sink, prompts });
  expect(summary).toMatchObject({ outcome: 'complete', requests: 6 });
  let open = 0;
  for (const record of sink.records) {
    if (record.kind === 'event' && record.event.kind === 'arrive') open += 1;
    if (record.kind === 'action' && record.action.kind === 'finish') open -= 1;
    expect(open).toBeLessThanOrEqual(2);
  }
  expect(open).toBe(0);
});

test('waiting for an arrival blocks the thread instead of turning the loop', () => {
  const signal = new RunSignal();
  const request = bare(0, { arrivalNanos: 300_000_000 });
  const { summary } = runRequests(engine, config, [request], signal);
  expect(summary.endNanos).toBeGreaterThanOrEqual(300_000_000);
  // One turn each 20 ms to look at the signal, and one for each work.
  expect(signal.heartbeat).toBeLessThan(100);
});

test('a measure tells the memory reserved and used when its work was launched', () => {
  const { sink } = runRequests(engine, config, [bare(0)]);
  const first = sink.records.find((record) => record.kind === 'measure')!;
  const bytes = kvBytesPerToken(shape, 'f32');
  expect(first).toMatchObject({
    kvReservedBytes: config.maxSequenceTokens * bytes,
    kvUsedBytes: 9 * bytes,
  });
});
