import { memorySink, type TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LinearCostModel } from '../src/cost-models/linear.ts';
import { record, schedulerConfig } from './support/run.ts';
import { listSource, type SomeRequest } from './support/source.ts';

/** What was decided, without times. */
function decisions(records: readonly TraceRecord[]): string {
  const kept = records.flatMap((entry): object[] => {
    if (entry.kind === 'action') return [entry.action];
    return entry.kind === 'event' ? [{ ...entry.event, timeNanos: 0 }] : [];
  });
  return JSON.stringify(kept, (key, value) =>
    key === 'timeNanos' || key === 'arrivalNanos' ? undefined : value,
  );
}

describe.each(['temporal-fusion', 'chunked-prefill', 'concurrent-instances'])('%s', (policy) => {
  test('decides the same when all durations are k times as long', () => {
    const request = fc.record({
      gapNanos: fc.nat(5000),
      promptTokens: fc.integer({ min: 1, max: 20 }),
      maxOutputTokens: fc.integer({ min: 1, max: 20 }),
    });
    // Factors 1 and 2 keep every rate a power of two, so that no rounding hides behind the law.
    const interference = policy === 'concurrent-instances' ? 0 : 1;
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 2, max: 1000 }),
        (list, k) => {
          expect(decisions(run(list, k))).toBe(decisions(run(list, 1)));
        },
      ),
      { numRuns: 100 },
    );

    function run(
      list: readonly { gapNanos: number; promptTokens: number; maxOutputTokens: number }[],
      k: number,
    ): readonly TraceRecord[] {
      let arrivalNanos = 0;
      const requests: SomeRequest[] = list.map(({ gapNanos, ...rest }) => {
        arrivalNanos += k * gapNanos;
        return { ...rest, arrivalNanos };
      });
      const costs = {
        iterationNanos: 1000 * k,
        decodeKvTokenNanos: 2 * k,
        prefillTokenNanos: 60 * k,
        planNanos: 10 * k,
        interference,
      };
      return record(schedulerConfig(policy), listSource(requests), new LinearCostModel(costs))
        .records;
    }
  });
});

test('prefill overlaps decode under temporal fusion, and slows it down by what is said', () => {
  const requests = [
    { arrivalNanos: 0, promptTokens: 10, maxOutputTokens: 50 },
    { arrivalNanos: 20_000, promptTokens: 100, maxOutputTokens: 2 },
  ];
  const costs = { iterationNanos: 1000, prefillTokenNanos: 100, interference: 1 };
  const { records } = record(
    schedulerConfig('temporal-fusion'),
    listSource(requests),
    new LinearCostModel(costs),
  );
  const measures = records.flatMap((entry) => (entry.kind === 'measure' ? [entry] : []));
  const prefill = measures.find((m) => m.lane === 1 && m.startNanos === 20_000);
  // 11,000 ns of its own, shared half and half with a lane that always decodes.
  expect((prefill?.endNanos ?? 0) - 20_000).toBe(22_000);
  const beside = measures.filter(
    (m) => m.lane === 0 && m.startNanos >= 21_000 && m.endNanos <= 42_000,
  );
  expect(beside.length).toBeGreaterThan(5);
  for (const m of beside) expect(m.endNanos - m.startNanos).toBe(2000);
});

test('the KV figures of a work count what is reserved and filled when it was launched', () => {
  const source = listSource([{ arrivalNanos: 0, promptTokens: 10, maxOutputTokens: 3 }]);
  const model = new LinearCostModel({ iterationNanos: 10, kvBytesPerToken: 100 });
  const config = schedulerConfig('sequential', { maxSequenceTokens: 64 });
  const { records } = record(config, source, model);
  const measures = records.flatMap((entry) => (entry.kind === 'measure' ? [entry] : []));
  expect(measures.map((m) => m.kvUsedBytes)).toEqual([1000, 1100, 1200]);
  expect(measures.map((m) => m.kvReservedBytes)).toEqual([6400, 6400, 6400]);
});

test('an empty workload is a complete run', () => {
  const { records, result } = record(
    schedulerConfig('sequential'),
    listSource([]),
    new LinearCostModel({}),
  );
  expect(result).toEqual({ outcome: 'complete', timeNanos: 0, requests: 0, iterations: 0 });
  expect(records).toEqual([{ kind: 'footer', timeNanos: 0, outcome: 'complete' }]);
  expect(memorySink().records).toEqual([]);
});

test('at one time arrivals come first, then cancels, then ends of works', () => {
  const requests = [
    { arrivalNanos: 0, promptTokens: 1, maxOutputTokens: 3, cancelAfterNanos: 2000 },
    { arrivalNanos: 2000, promptTokens: 1, maxOutputTokens: 1 },
  ];
  const model = new LinearCostModel({ iterationNanos: 1000 });
  const { records } = record(schedulerConfig('sequential'), listSource(requests), model);
  const events = records.flatMap((r) => (r.kind === 'event' ? [r.event] : []));
  const at = events.filter(({ timeNanos }) => timeNanos === 2000).map(({ kind }) => kind);
  expect(at).toEqual(['arrive', 'cancel', 'end']);
});

test('a run ends with what ended last, not with a wake-up that serves nobody any more', () => {
  const policy = { name: 'dynamic-batching', parameters: { maxBatchSize: 2, windowMs: 60_000 } };
  const two = { arrivalNanos: 0, promptTokens: 3, maxOutputTokens: 4 };
  const config = schedulerConfig('dynamic-batching', { policy });
  const costs = new LinearCostModel({ iterationNanos: 1000 });
  const { records } = record(config, listSource([two, two]), costs);
  expect(records.some((r) => r.kind === 'action' && r.action.kind === 'wake')).toBe(true);
  expect(records.at(-1)).toMatchObject({ kind: 'footer', timeNanos: 4000 });
});
