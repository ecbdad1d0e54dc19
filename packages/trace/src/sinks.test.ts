import { expect, test } from 'vitest';
import { memorySink } from './memory-sink.ts';
import { nullSink } from './null-sink.ts';
import { playTrace } from './play.ts';
import { tee } from './tee.ts';
import { smallTrace } from './testing/small-trace.ts';

test('every sink of a tee hears the same, in order', () => {
  const [one, other] = [memorySink(), memorySink()];
  playTrace(smallTrace, tee(one, nullSink, other));
  expect(one.records).toEqual(smallTrace.slice(1));
  expect(other.records).toEqual(one.records);
});

test('a tee is idle where its sinks care', () => {
  let times = 0;
  const sink = tee(nullSink, { ...nullSink, idle: () => times++ }, memorySink());
  sink.idle?.();
  sink.idle?.();
  expect(times).toBe(2);
});

test('a sink that cannot close does not keep the others open', () => {
  const failing = {
    ...nullSink,
    close() {
      throw new Error('disk');
    },
  };
  const memory = memorySink();
  expect(() => playTrace(smallTrace, tee(failing, memory))).toThrow('disk');
  expect(memory.records.at(-1)).toEqual(smallTrace.at(-1));
});

test('a trace that was cut off closes as failed, at the last time known', () => {
  const memory = memorySink();
  playTrace([...smallTrace.slice(0, 6), { kind: 'cut-off', line: 7, reason: 'no-footer' }], memory);
  expect(memory.records.at(-1)).toMatchObject({
    kind: 'footer',
    timeNanos: 500,
    outcome: 'failed',
    message: 'the trace ends at line 7 (no-footer)',
  });
});
