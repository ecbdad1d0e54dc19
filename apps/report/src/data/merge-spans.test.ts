import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptySpans, fitSpans, mergeShort } from './merge-spans.ts';
import type { Phase, SlotSpans } from './report-data.ts';

type Row = readonly [slot: number, phase: Phase, start: number, end: number, request: number];

function spansOf(rows: readonly Row[]): SlotSpans {
  const spans = emptySpans();
  for (const [slot, phase, start, end, request] of rows) {
    spans.slot.push(slot);
    spans.phase.push(phase);
    spans.startMicros.push(start);
    spans.endMicros.push(end);
    spans.request.push(request);
    spans.lastRequest.push(request);
    spans.tokens.push(end - start);
    spans.count.push(1);
  }
  return spans;
}

const rowsOf = (s: SlotSpans) =>
  s.slot.map((slot, i) => [slot, s.phase[i], s.startMicros[i], s.endMicros[i], s.count[i]]);

test('short neighbours join under the longer phase; long ones and moves stand alone', () => {
  const spans = spansOf([
    [0, 'prefill', 0, 3, 1],
    [0, 'decode', 3, 12, 1],
    [0, 'idle', 12, 14, 2],
    [0, 'decode', 14, 90, 2],
    [0, 'move', 5, 6, 1],
    [1, 'decode', 2, 8, 3],
  ]);
  expect(rowsOf(mergeShort(spans, 10))).toEqual([
    [0, 'decode', 0, 14, 3],
    [0, 'decode', 14, 90, 1],
    [0, 'move', 5, 6, 1],
    [1, 'decode', 2, 8, 1],
  ]);
  expect(mergeShort(spans, 10).lastRequest[0]).toBe(2);
  expect(mergeShort(spans, 0)).toBe(spans);
});

const timeline = fc
  .array(
    fc.tuple(fc.nat(3), fc.constantFrom<Phase>('prefill', 'decode', 'idle'), fc.nat(40), fc.nat(9)),
  )
  .map((steps) => {
    const ends = [0, 0, 0, 0];
    return steps.map(([slot, phase, length, gap], i): Row => {
      const start = ends[slot]! + gap;
      ends[slot] = start + length;
      return [slot, phase, start, start + length, i];
    });
  });

test('merging keeps every span counted, every token, and the bounds of each slot', () => {
  fc.assert(
    fc.property(timeline, fc.integer({ min: 1, max: 100 }), (rows, threshold) => {
      const before = spansOf(rows);
      const after = mergeShort(before, threshold);
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      expect(sum(after.count)).toBe(rows.length);
      expect(sum(after.tokens)).toBe(sum(before.tokens));
      for (let i = 0; i < after.slot.length; i++) {
        const inside = rows.filter(
          ([slot, , start, end]) =>
            slot === after.slot[i] && start >= after.startMicros[i]! && end <= after.endMicros[i]!,
        );
        expect(inside.length).toBeGreaterThanOrEqual(after.count[i]!);
      }
    }),
  );
});

test('a list is fitted to its limit', () => {
  const rows = Array.from(
    { length: 5000 },
    (_, i): Row => [i % 4, 'decode', i * 10, i * 10 + 20, i],
  );
  const fitted = fitSpans(spansOf(rows), 300, 0);
  expect(fitted.slot.length).toBeLessThanOrEqual(300);
  expect(fitted.count.reduce((a, b) => a + b, 0)).toBe(5000);
});
