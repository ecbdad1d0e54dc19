import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RequestEntry } from './request-entry.ts';
import { WaitingQueue } from './waiting-queue.ts';

const entryOf = (id: number) =>
  new RequestEntry({
    id,
    arrivalNanos: 0,
    promptTokens: 1,
    maxOutputTokens: 1,
    group: 'single',
    width: 1,
  });

it('behaves as an array from which anything may be removed', () => {
  const operation = fc.oneof(
    fc.constant({ kind: 'push' as const, index: 0 }),
    fc.record({ kind: fc.constant('remove' as const), index: fc.nat(20) }),
    fc.constant({ kind: 'compact' as const, index: 0 }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const queue = new WaitingQueue();
      const model: RequestEntry[] = [];
      operations.forEach(({ kind, index }, id) => {
        if (kind === 'compact') queue.compact(0);
        else if (kind === 'push') {
          const entry = entryOf(id);
          queue.push(entry);
          model.push(entry);
        } else if (index < model.length) {
          queue.remove(model[index]!);
          model.splice(index, 1);
        }
        expect([...queue]).toEqual(model.map(({ view }) => view));
        expect(queue.length).toBe(model.length);
        expect(queue.first).toBe(model[0]?.view);
        for (const at of [-1, 0, 1, model.length - 1, model.length]) {
          expect(queue.at(at)).toBe(at < 0 ? undefined : model[at]?.view);
        }
      });
    }),
  );
});

it('goes on undisturbed when the loop over it removes what it sees', () => {
  const queue = new WaitingQueue();
  const entries = [0, 1, 2, 3, 4].map(entryOf);
  for (const entry of entries) queue.push(entry);
  const seen: number[] = [];
  for (const { id } of queue) {
    seen.push(id);
    if (id % 2 === 0) queue.remove(entries[id]!);
  }
  expect(seen).toEqual([0, 1, 2, 3, 4]);
  expect([...queue].map(({ id }) => id)).toEqual([1, 3]);
});

it('keeps no memory of what has left', () => {
  const queue = new WaitingQueue();
  for (let id = 0; id < 10_000; id++) {
    const entry = entryOf(id);
    queue.push(entry);
    queue.remove(entry);
    queue.compact();
    expect(queue.span).toBeLessThanOrEqual(512);
  }
});
