import { createScheduler, definePolicy, type SchedulerConfig } from '@flover/policy';
import { type MemorySink, memorySink, modelNamed, type TraceRecord } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import { describe, expect, test } from 'vitest';
import { promptRequest } from '../../test/run-requests.ts';
import { limitsFor } from '../limits.ts';
import { ListSource } from './list-source.ts';
import { NullDevice } from './null-device.ts';
import { runEngine } from './run.ts';

const config: SchedulerConfig = {
  policy: { name: 'temporal-fusion', parameters: {} },
  memory: { kind: 'slots', slots: 8 },
  maxSequences: 8,
  maxSequenceTokens: 64,
  planAhead: 0,
};

/** From one look at the null device's clock to the next; nothing else moves it while works are queued. */
const lookNanos = (() => {
  const device = new NullDevice(() => {});
  return -(device.nowNanos() - device.nowNanos());
})();

const inOneGo = definePolicy({
  name: 'in-one-go',
  parameters: {},
  create: () => ({
    name: 'in-one-go',
    lanes: ['main'],
    oracle: true,
    plan(_, plan) {
      for (const request of plan.waiting) plan.admit(request);
      for (const sequence of plan.sequences) {
        if (sequence.state === 'prefill') plan.prefill(sequence, sequence.request.promptTokens);
      }
      plan.decodeAll();
    },
  }),
});

/** Serves requests on a device that computes nothing, whose clock moves when it is looked at. */
function serveEmpty(
  requests: readonly WorkloadRequest[],
  change: Partial<SchedulerConfig> = {},
  definition?: typeof inOneGo,
  sink = memorySink(),
): MemorySink {
  const scheduler = createScheduler({ ...config, ...change }, definition);
  const model = { shape: modelNamed('tiny-llama'), dataType: 'f32' as const, endTokens: [] };
  const engine = { model, limits: limitsFor(config, 2), native: new NullDevice(() => {}) };
  const prompts = { seed: 0, replication: 0 };
  runEngine({ engine, scheduler, source: new ListSource(requests), sink, prompts });
  return sink;
}

const eventsOf = ({ records }: MemorySink) =>
  records.flatMap((record: TraceRecord) => (record.kind === 'event' ? [record.event] : []));

test('what the host took is measured: planning, launching, and taking the end', () => {
  const { records } = serveEmpty([promptRequest(0, [1, 2], 5)]);
  const measures = records.filter((record) => record.kind === 'measure');
  expect(measures).toHaveLength(5);
  for (const { planNanos, launchNanos, takeNanos } of measures) {
    // The device looks once itself when a work is launched.
    expect([planNanos, launchNanos, takeNanos]).toEqual([lookNanos, 2 * lookNanos, lookNanos]);
  }
});

test('works that were planned together share the time of planning', () => {
  const requests = [0, 1, 2].map((id) => promptRequest(id, [1, 2], 9));
  const { records } = serveEmpty(requests, { planAhead: 1 });
  const together = new Map<number, number[]>();
  for (const record of records) {
    if (record.kind !== 'action' || record.action.kind !== 'launch') continue;
    const { timeNanos, action } = record;
    together.set(timeNanos, [...(together.get(timeNanos) ?? []), action.work.id]);
  }
  const shares = new Map<number, number>();
  for (const works of together.values()) {
    for (const work of works) shares.set(work, Math.round(lookNanos / works.length));
  }
  expect(new Set(shares.values()).size).toBeGreaterThan(1);
  for (const record of records) {
    if (record.kind === 'measure') expect(record.planNanos).toBe(shares.get(record.work));
  }
});

test('the sink is idle once everything is launched, before the thread waits', () => {
  const order: string[] = [];
  class Told extends NullDevice {
    override launch(...work: Parameters<NullDevice['launch']>): void {
      order.push('launch');
      super.launch(...work);
    }
    override wait(...waiting: Parameters<NullDevice['wait']>): boolean {
      order.push('wait');
      return super.wait(...waiting);
    }
  }
  const model = { shape: modelNamed('tiny-llama'), dataType: 'f32' as const, endTokens: [] };
  runEngine({
    engine: { model, limits: limitsFor(config, 2), native: new Told(() => {}) },
    scheduler: createScheduler(config),
    source: new ListSource([promptRequest(0, [1, 2], 3)]),
    sink: { ...memorySink(), event: () => order.push('event'), idle: () => order.push('idle') },
    prompts: { seed: 0, replication: 0 },
  });
  const served = ['event', 'launch', 'idle', 'wait'];
  expect(order).toEqual([...served, ...served, ...served, 'event']);
});

describe('a client that gives up', () => {
  const patient = (id: number, cancelAfterNanos?: number) =>
    promptRequest(id, [1, 2], 40, cancelAfterNanos === undefined ? {} : { cancelAfterNanos });

  test('does so by its arrival, however late that is seen', () => {
    const events = eventsOf(serveEmpty([patient(0, 1)]));
    expect(events.map(({ kind }) => kind)).toEqual(['arrive', 'cancel', 'end']);
  });

  test('comes before those who give up later, whoever arrived first', () => {
    const after = [50, 20, 30, 20].map((looks) => looks * lookNanos);
    const events = eventsOf(serveEmpty(after.map((nanos, id) => patient(id, nanos))));
    const cancels = events.filter((event) => event.kind === 'cancel');
    expect(cancels.map(({ request }) => request)).toEqual([1, 3, 2, 0]);
    for (const { request, timeNanos } of cancels) {
      expect(timeNanos).toBeGreaterThanOrEqual(after[request]!);
    }
  });

  test('is not heard once it has been served', () => {
    const events = eventsOf(
      serveEmpty([promptRequest(0, [1], 1, { cancelAfterNanos: 100 * lookNanos }), patient(1)]),
    );
    expect(events.at(-1)!.timeNanos).toBeGreaterThan(100 * lookNanos);
    expect(events.filter(({ kind }) => kind === 'cancel')).toEqual([]);
  });
});

test.each([{ arrivalNanos: Number.NaN }, { cancelAfterNanos: Number.NaN }])(
  'a time that is no number ends the run instead of turning it for ever: %o',
  (change) => {
    const sink = memorySink();
    expect(() => serveEmpty([promptRequest(0, [1, 2], 4, change)], {}, undefined, sink)).toThrow(
      'is due at NaN ns',
    );
    expect(sink.records.at(-1)).toMatchObject({ kind: 'footer', outcome: 'failed' });
  },
);

test('only a policy that asks for it by name learns how long an output will be', () => {
  const hidden = promptRequest(0, [1, 2], 12, { outputTokens: 5 });
  const [told] = eventsOf(
    serveEmpty([hidden], { policy: { name: 'in-one-go', parameters: {} } }, inOneGo),
  );
  const [kept] = eventsOf(serveEmpty([hidden]));
  expect(told).toMatchObject({ kind: 'arrive', request: { oracleOutputTokens: 5 } });
  expect(JSON.stringify(kept)).not.toContain('utputTokens":5');
});
