import type { Action, SchedulerEvent, Work } from '@flover/policy';
import fc from 'fast-check';
import type { FooterRecord, HeaderRecord, MeasureRecord } from '../events.ts';
import { workTotals } from '../jsonl/work-totals.ts';
import type { TraceRecord } from '../record.ts';

const id = fc.oneof(fc.nat(99), fc.nat(2_000_000_000));
const time = fc.oneof(fc.nat(), fc.maxSafeNat());
const row = fc.record({
  sequence: id,
  from: fc.nat(4096),
  count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 512 })),
  flags: fc.oneof(fc.constant(3), fc.nat(3)),
});

/** Any work, with sums that fit its rows, or do not. */
export const arbitraryWork: fc.Arbitrary<Work> = fc
  .record({
    id,
    lane: fc.nat(7),
    rows: fc.array(row, { maxLength: 70 }),
    decodeOnly: fc.boolean(),
    deadRows: fc.oneof(fc.constant(0), fc.nat(9)),
    swaps: fc.array(
      fc.record({
        sequence: id,
        direction: fc.constantFrom('in' as const, 'out' as const),
        tokens: fc.nat(999),
        blocks: fc.array(id, { maxLength: 4 }),
      }),
      { maxLength: 2 },
    ),
    moves: fc.array(
      fc.record({ sequence: id, index: fc.nat(9), fromBlock: id, toBlock: id, tokens: id }),
      { maxLength: 3 },
    ),
    placements: fc.array(fc.record({ sequence: id, index: fc.nat(9), block: id }), {
      maxLength: 3,
    }),
    forks: fc.array(fc.record({ from: id, to: id, tokens: id }), { maxLength: 2 }),
    wrongSums: fc.boolean(),
  })
  .map(({ rows, decodeOnly, wrongSums, ...rest }) => {
    const from = rows.map((r) => r.from);
    const to = rows.map((r) => r.from + (decodeOnly ? 1 : r.count));
    const flags = rows.map((r) => (decodeOnly ? 3 : r.flags));
    const totals = workTotals(from, to, flags);
    const sums = wrongSums
      ? { newTokens: totals.newTokens + 1, decodeKvTokens: totals.decodeKvTokens + 2 }
      : totals;
    return { ...rest, sequences: rows.map((r) => r.sequence), from, to, flags, ...sums };
  });

const requestView = fc.record(
  {
    id,
    arrivalNanos: time,
    promptTokens: id,
    maxOutputTokens: id,
    group: fc.constantFrom('single' as const, 'samples' as const, 'beams' as const),
    width: fc.nat(8),
    tenant: fc.string({ unit: 'binary', minLength: 1 }),
    priority: fc.integer(),
    oracleOutputTokens: id,
  },
  {
    requiredKeys: ['id', 'arrivalNanos', 'promptTokens', 'maxOutputTokens', 'group', 'width'],
  },
);

export const arbitraryEvent: fc.Arbitrary<SchedulerEvent> = fc.oneof(
  fc.record({ kind: fc.constant('arrive' as const), timeNanos: time, request: requestView }),
  fc.record({ kind: fc.constant('cancel' as const), timeNanos: time, request: id }),
  fc.record(
    {
      kind: fc.constant('end' as const),
      timeNanos: time,
      lane: fc.nat(7),
      work: id,
      stopped: fc.array(id, { maxLength: 3 }),
      tokens: fc.array(id, { maxLength: 9 }),
    },
    { requiredKeys: ['kind', 'timeNanos', 'lane', 'work', 'stopped'] },
  ),
  fc.record({ kind: fc.constant('timer' as const), timeNanos: time }),
);

const text = fc.string({ unit: 'binary' });

export const arbitraryAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('launch' as const), work: arbitraryWork }),
  fc.record({ kind: fc.constant('admit' as const), request: id, firstSequence: id }),
  fc.record({ kind: fc.constant('refuse' as const), request: id, reason: text }),
  fc.record({
    kind: fc.constant('finish' as const),
    request: id,
    reason: fc.constantFrom('length' as const, 'stop' as const, 'cancelled' as const),
    outputTokens: id,
  }),
  fc.record({
    kind: fc.constant('preempt' as const),
    sequence: id,
    by: fc.constantFrom('swap' as const, 'recompute' as const),
  }),
  fc.record({ kind: fc.constant('release' as const), sequence: id }),
  fc.record({ kind: fc.constant('wake' as const), timeNanos: time }),
);

const duration = fc.oneof(
  fc.constant(0),
  fc.nat(),
  fc.double({ min: 0.001, max: 1e9, noNaN: true }),
);

const measured = {
  kind: fc.constant('measure' as const),
  work: id,
  lane: fc.nat(7),
  startNanos: time,
  endNanos: time,
  planNanos: duration,
  launchNanos: duration,
  movedBytes: fc.oneof(fc.constant(0), time),
  moveNanos: duration,
  kvReservedBytes: time,
  kvUsedBytes: time,
};

export const arbitraryMeasure: fc.Arbitrary<MeasureRecord> = fc.oneof(
  fc.record(measured),
  fc.record({ ...measured, takeNanos: duration }),
);

export const arbitraryFooter: fc.Arbitrary<FooterRecord> = fc.record(
  {
    kind: fc.constant('footer' as const),
    timeNanos: time,
    outcome: fc.constantFrom('complete' as const, 'cancelled' as const, 'failed' as const),
    message: text,
  },
  { requiredKeys: ['kind', 'timeNanos', 'outcome'] },
);

export const arbitraryHeader: fc.Arbitrary<HeaderRecord> = fc.record({
  kind: fc.constant('header' as const),
  format: fc.constant('flover-trace' as const),
  version: fc.constant(1 as const),
  world: fc.constantFrom('simulator' as const, 'engine' as const),
  scheduler: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.nat(), fc.boolean())),
});

/** All records of a trace but the header and the footer. */
export const arbitraryBody: fc.Arbitrary<TraceRecord[]> = fc.array(
  fc.oneof(
    arbitraryEvent.map((event): TraceRecord => ({ kind: 'event', event })),
    fc.record({ kind: fc.constant('action' as const), action: arbitraryAction, timeNanos: time }),
    arbitraryMeasure,
  ),
  { maxLength: 20 },
);
