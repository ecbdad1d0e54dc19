import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TraceRecord } from '../record.ts';
import { smallHeader, smallTrace } from '../testing/small-trace.ts';
import { temporaryPath, writeTrace } from '../testing/write-trace.ts';
import { type ChromeEvent, trackGroup } from './chrome-event.ts';
import { chromeEvents, exportPerfetto } from './export.ts';

const events = chromeEvents(smallTrace, smallHeader.scheduler);
type Slice = Extract<ChromeEvent, { ph: 'X' }>;
const slices = (list: readonly ChromeEvent[], pid: number) =>
  list.filter((event): event is Slice => event.ph === 'X' && event.pid === pid);
const brief = ({ tid, name, ts, dur }: Slice) => [tid, name, ts, dur];

test('a track a slot: prefill, decode, and the slot that a move leads to', () => {
  expect(slices(events, trackGroup.slots).map(brief)).toEqual([
    [0, 'prefill 0', 0, 1],
    [0, 'decode 0', 1, 1],
    [1, 'prefill 1', 1, 1.5],
    [1, 'decode 1', 2.5, 1.5],
    [0, 'decode 1', 4, 2],
  ]);
  expect(events.filter((event) => event.ph === 'i')).toMatchObject([
    { name: 'move 1', tid: 0, ts: 4, args: { fromSlot: 1, toSlot: 0, tokens: 5 } },
  ]);
});

test('a track a lane: its iterations', () => {
  expect(slices(events, trackGroup.lanes).map(brief)).toEqual([
    [1, 'prefill 4', 0, 1],
    [0, 'decode 1', 1, 1],
    [1, 'prefill 4', 1, 1.5],
    [0, 'decode 1', 2.5, 1.5],
    [0, 'decode 1', 4, 2],
  ]);
});

test('paged memory has a row a sequence, free again after release', () => {
  const paged = chromeEvents(smallTrace, { memory: { kind: 'paged' } });
  const rows = slices(paged, trackGroup.slots);
  expect(rows.map(({ tid, name }) => [tid, name])).toEqual([
    [0, 'prefill 0'],
    [0, 'decode 0'],
    [1, 'prefill 1'],
    [1, 'decode 1'],
  ]);
});

test('a preempted sequence is not shown as decoding until it decodes again', () => {
  const at = smallTrace.findIndex(
    (record) => record.kind === 'action' && record.timeNanos === 4000,
  );
  const preempted: TraceRecord = {
    kind: 'action',
    timeNanos: 4000,
    action: { kind: 'preempt', sequence: 1, by: 'swap' },
  };
  const records = [...smallTrace.slice(0, at), preempted, ...smallTrace.slice(at)];
  const rows = slices(chromeEvents(records, { memory: { kind: 'paged' } }), trackGroup.slots);
  expect(rows.map(brief).slice(-2)).toEqual([
    [1, 'decode 1', 2.5, 1.5],
    [1, 'decode 1', 4, 2],
  ]);
});

test('counters count', () => {
  const counter = (name: string) =>
    events.flatMap((event) =>
      event.ph === 'C' && event.name === name ? [[event.ts, event.args.value]] : [],
    );
  expect(counter('active sequences')).toEqual([
    [0, 1],
    [1, 2],
    [2, 1],
    [6, 0],
  ]);
  expect(counter('waiting requests')).toEqual([
    [0, 1],
    [0, 0],
    [0.5, 1],
    [1, 0],
  ]);
  expect(counter('KV used, bytes').map(([, value]) => value)).toEqual([
    1024, 1025, 1026, 1027, 1028,
  ]);
});

test('slices on a track never overlap, as the format asks', () => {
  for (const pid of [trackGroup.slots, trackGroup.lanes]) {
    const list = slices(events, pid).sort((a, b) => a.tid - b.tid || a.ts - b.ts);
    list.slice(1).forEach((slice, i) => {
      const before = list[i]!;
      if (before.tid === slice.tid) expect(before.ts + before.dur).toBeLessThanOrEqual(slice.ts);
    });
  }
});

test('a slice says who sent the request and how urgent it is, where that is known', () => {
  const named = smallTrace.map((record): TraceRecord => {
    if (record.kind !== 'event' || record.event.kind !== 'arrive') return record;
    if (record.event.request.id !== 1) return record;
    const request = { ...record.event.request, tenant: 'alice', priority: -1 };
    return { ...record, event: { ...record.event, request } };
  });
  const rows = slices(chromeEvents(named, smallHeader.scheduler), trackGroup.slots);
  expect(rows.map(({ args }) => args)).toEqual([
    { request: 0, iterations: 1, tokens: 4 },
    { request: 0, iterations: 1, tokens: 1 },
    { request: 1, tenant: 'alice', priority: -1, iterations: 1, tokens: 4 },
    { request: 1, tenant: 'alice', priority: -1, iterations: 1, tokens: 1 },
    { request: 1, tenant: 'alice', priority: -1, iterations: 1, tokens: 1 },
  ]);
});

test('every track that is used has a name', () => {
  const named = new Set(
    events.flatMap((e) => (e.ph === 'M' && e.name === 'thread_name' ? `${e.pid}/${e.tid}` : [])),
  );
  for (const e of events) if (e.ph === 'X') expect(named).toContain(`${e.pid}/${e.tid}`);
});

test('the file is the object form of the format', () => {
  const [trace, output] = [temporaryPath('trace.jsonl'), temporaryPath('perfetto.json')];
  writeTrace(trace, smallTrace);
  exportPerfetto(trace, output);
  expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual({
    displayTimeUnit: 'ms',
    traceEvents: events,
  });
});
