import { expect, test } from 'vitest';
import { tinyTrace } from '../testing/tiny-run.ts';
import { runDetail } from './run-detail.ts';

const detail = runDetail(tinyTrace());

test('slots: prefill, decode, the pause of a sequence, and the slot that a move leads to', () => {
  const { spans } = detail;
  const rows = spans.slot
    .map((slot, i) => [
      spans.startMicros[i]!,
      spans.endMicros[i]!,
      slot,
      spans.phase[i]!,
      spans.request[i]!,
    ])
    .sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[2]) - Number(b[2]));
  expect(rows).toEqual([
    [0, 3000, 0, 'prefill', 0],
    [3000, 6000, 0, 'idle', 0],
    [3000, 6000, 1, 'prefill', 1],
    [6000, 7000, 0, 'decode', 0],
    [6000, 7000, 1, 'decode', 1],
    [7000, 10000, 0, 'prefill', 2],
    [7000, 10000, 1, 'idle', 1],
    [10000, 11000, 0, 'decode', 2],
    [10000, 11000, 1, 'decode', 1],
    [11000, 11200, 0, 'move', 1],
    [11200, 12200, 0, 'decode', 1],
  ]);
  expect(detail.places).toBe(2);
});

test('requests: every moment of each', () => {
  expect(detail.requests).toEqual({
    total: 3,
    id: [0, 1, 2],
    outcome: ['served', 'served', 'served'],
    promptTokens: [4, 4, 4],
    outputTokens: [2, 4, 2],
    arrivalMicros: [0, 0, 2000],
    admittedMicros: [0, 3000, 7000],
    firstTokenMicros: [3000, 6000, 10000],
    endMicros: [7000, 12200, 11000],
    slot: [0, 1, 0],
    tpotMicros: [4000, Math.round(6200 / 3), 1000],
  });
});

test('iterations: rows, batch, queue and KV as each one runs', () => {
  const { iterations } = detail;
  expect(iterations.startMicros).toEqual([0, 3000, 6000, 7000, 10000, 11000]);
  expect(iterations.rows).toEqual([1, 1, 2, 1, 2, 1]);
  expect(iterations.active).toEqual([1, 2, 2, 2, 2, 1]);
  expect(iterations.waiting).toEqual([2, 1, 1, 0, 0, 0]);
  expect(iterations.kvReservedBytes).toEqual([1024, 2048, 2048, 2048, 2048, 1024]);
});

test('a long run is thinned to its limits, and says so', () => {
  const requests = Array.from({ length: 200 }, (_, i) => [i, 5] as const);
  const limits = { requests: 50, spans: 30, iterations: 100 };
  const long = runDetail(tinyTrace({ requests }), limits);
  expect(long.requests.total).toBe(200);
  expect(long.requests.id).toEqual(Array.from({ length: 50 }, (_, i) => i * 4));
  expect(long.spans.slot.length).toBeLessThanOrEqual(30);
  expect(Math.max(...long.spans.endMicros)).toBe(long.endMicros);
  expect(long.iterations.total).toBeGreaterThan(500);
  expect(long.iterations.startMicros.length).toBeLessThanOrEqual(100);
});

test('a trace that was cut off keeps what was there', () => {
  const cut = runDetail([
    ...tinyTrace().slice(0, 12),
    { kind: 'cut-off', line: 13, reason: 'no-footer' },
  ]);
  expect(cut.outcome).toBe('failed');
  expect(cut.requests.outcome).toContain('unfinished');
  expect(cut.spans.phase).toContain('prefill');
});
