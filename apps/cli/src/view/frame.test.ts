import { expect, test } from 'vitest';
import { type Frame, FrameSink } from './frame.ts';

test('a run is shown when nothing else is to be done, and at its end', () => {
  const shown: Frame[] = [];
  const sink = new FrameSink('a run', 1, 0, (of) => shown.push(of.frame()));
  sink.event({ kind: 'timer', timeNanos: 5 });
  sink.action({ kind: 'admit', request: 0, firstSequence: 0 });
  expect(shown).toEqual([]);
  sink.idle();
  expect(shown).toMatchObject([{ timeNanos: 5, flights: [{ request: 0 }] }]);
  sink.close();
  expect(shown).toHaveLength(2);
});
