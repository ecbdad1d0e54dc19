import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

interface Pending {
  readonly handle: number;
  timeNanos: number;
  readonly priority: number;
  readonly sequence: number;
  readonly payload: number;
}

/** The same queue as a plain array, sorted before every look. */
class SortedArray {
  readonly pending: Pending[] = [];

  sort(): Pending[] {
    return this.pending.sort(
      (a, b) => a.timeNanos - b.timeNanos || a.priority - b.priority || a.sequence - b.sequence,
    );
  }

  take(index: number): Pending {
    return this.pending.splice(index, 1)[0];
  }
}

const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      time: fc.nat(20),
      priority: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reschedule' as const),
      which: fc.nat(),
      time: fc.nat(20),
    }),
  },
);

test('pops in the order of (time, priority, sequence) whatever was pushed, removed or moved', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const queue = new EventQueue();
      const model = new SortedArray();
      let sequence = 0;
      for (const op of operations) {
        const count = model.pending.length;
        if (op.kind === 'push') {
          const handle = queue.push(op.time, op.priority, sequence);
          model.pending.push({
            handle,
            timeNanos: op.time,
            priority: op.priority,
            sequence,
            payload: sequence++,
          });
        } else if (count === 0) {
          expect(queue.peek()).toBe(-1);
        } else if (op.kind === 'pop') {
          const first = model.sort()[0];
          model.take(0);
          expect(queue.pop()).toBe(first.handle);
          expect(queue.timeNanos(first.handle)).toBe(first.timeNanos);
          expect(queue.payload(first.handle)).toBe(first.payload);
        } else if (op.kind === 'remove') {
          queue.remove(model.take(op.which % count).handle);
        } else {
          const moved = model.pending[op.which % count];
          moved.timeNanos = op.time;
          queue.reschedule(moved.handle, op.time);
        }
        expect(queue.size).toBe(model.pending.length);
      }
      for (const left of model.sort()) expect(queue.payload(queue.pop())).toBe(left.payload);
    }),
    { numRuns: 500 },
  );
});

test('ten thousand events of one time leave in the order in which they came', () => {
  const queue = new EventQueue();
  for (let i = 0; i < 10_000; i++) queue.push(7, 1, i);
  for (let i = 0; i < 10_000; i++) expect(queue.payload(queue.pop())).toBe(i);
});

test('an event that is not pending can be neither popped, removed nor moved', () => {
  const queue = new EventQueue();
  expect(() => queue.pop()).toThrow(/empty/);
  const handle = queue.push(1, 0, 0);
  queue.pop();
  expect(() => queue.remove(handle)).toThrow(/not pending/);
  expect(() => queue.reschedule(handle, 2)).toThrow(/not pending/);
  expect(() => queue.remove(99)).toThrow(/not pending/);
});
