import type { Action, SchedulerEvent, Work } from '@flover/policy';
import type { FooterRecord, HeaderRecord, MeasureRecord } from '../events.ts';
import type { TraceRecord } from '../record.ts';

const noPreparation = { deadRows: 0, swaps: [], moves: [], placements: [], forks: [] };

export const smallHeader: HeaderRecord = {
  kind: 'header',
  format: 'flover-trace',
  version: 1,
  world: 'simulator',
  scheduler: { memory: { kind: 'contiguous', slots: 4, reordering: 'flover' } },
};

function work(id: number, lane: number, rows: readonly number[][], more: Partial<Work> = {}): Work {
  return {
    ...noPreparation,
    id,
    lane,
    sequences: rows.map((row) => row[0]!),
    from: rows.map((row) => row[1]!),
    to: rows.map((row) => row[2]!),
    flags: rows.map((row) => row[3]!),
    newTokens: rows.reduce((sum, row) => sum + row[2]! - row[1]!, 0),
    decodeKvTokens: rows.reduce((sum, row) => sum + (row[3]! & 1 ? row[2]! : 0), 0),
    ...more,
  };
}

const event = (value: SchedulerEvent): TraceRecord => ({ kind: 'event', event: value });
const action = (timeNanos: number, value: Action): TraceRecord => ({
  kind: 'action',
  timeNanos,
  action: value,
});
const launch = (timeNanos: number, value: Work) =>
  action(timeNanos, { kind: 'launch', work: value });
const arrive = (timeNanos: number, id: number, maxOutputTokens: number): TraceRecord =>
  event({
    kind: 'arrive',
    timeNanos,
    request: {
      id,
      arrivalNanos: timeNanos,
      promptTokens: 4,
      maxOutputTokens,
      group: 'single',
      width: 1,
    },
  });

function ended(id: number, lane: number, startNanos: number, endNanos: number): TraceRecord[] {
  const measure: MeasureRecord = {
    kind: 'measure',
    work: id,
    lane,
    startNanos,
    endNanos,
    planNanos: 0,
    launchNanos: 0,
    movedBytes: 0,
    moveNanos: 0,
    kvReservedBytes: 4096,
    kvUsedBytes: 1024 + id,
  };
  return [measure, event({ kind: 'end', timeNanos: endNanos, lane, work: id, stopped: [] })];
}

const footer: FooterRecord = { kind: 'footer', timeNanos: 6000, outcome: 'complete' };

/** Two requests in two slots; when the first ends, the second moves into its slot. */
export const smallTrace: readonly TraceRecord[] = [
  smallHeader,
  arrive(0, 0, 2),
  action(0, { kind: 'admit', request: 0, firstSequence: 0 }),
  launch(0, work(0, 1, [[0, 0, 4, 2]], { placements: [{ sequence: 0, index: 0, block: 0 }] })),
  arrive(500, 1, 3),
  ...ended(0, 1, 0, 1000),
  action(1000, { kind: 'admit', request: 1, firstSequence: 1 }),
  launch(1000, work(1, 0, [[0, 4, 5, 3]])),
  launch(1000, work(2, 1, [[1, 0, 4, 2]], { placements: [{ sequence: 1, index: 0, block: 1 }] })),
  ...ended(1, 0, 1000, 2000),
  action(2000, { kind: 'finish', request: 0, reason: 'length', outputTokens: 2 }),
  action(2000, { kind: 'release', sequence: 0 }),
  ...ended(2, 1, 1000, 2500),
  launch(2500, work(3, 0, [[1, 4, 5, 3]])),
  ...ended(3, 0, 2500, 4000),
  launch(
    4000,
    work(4, 0, [[1, 5, 6, 3]], {
      moves: [{ sequence: 1, index: 0, fromBlock: 1, toBlock: 0, tokens: 5 }],
    }),
  ),
  ...ended(4, 0, 4000, 6000),
  action(6000, { kind: 'finish', request: 1, reason: 'length', outputTokens: 3 }),
  action(6000, { kind: 'release', sequence: 1 }),
  footer,
];
