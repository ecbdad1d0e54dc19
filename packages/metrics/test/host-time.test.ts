import { playTrace } from '@flover/trace';
import { expect, test } from 'vitest';
import { MetricsCollector } from '../src/index.ts';
import { DECODE, LAST_PROMPT, Scribe, work } from './records.ts';

test('policy plus binding: planned, launched, its end taken, added for each iteration', () => {
  const prompt = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
  const second = work(1, 0, [[0, 4, 5, DECODE]]);
  const third = work(2, 0, [[0, 5, 6, DECODE]]);
  const scribe = new Scribe()
    .arrive(0, 0, 4, 3)
    .admit(0, 0)
    .launch(prompt)
    .end(prompt, 0, 1, { planNanos: 4000, launchNanos: 10_000, takeNanos: 6000 })
    .launch(second)
    // A trace of before `take` was measured.
    .end(second, 1, 2, { planNanos: 1000, launchNanos: 9000 })
    .launch(third)
    .end(third, 2, 3, { planNanos: 0.4, launchNanos: 29_000.3, takeNanos: 1000 })
    .finish(0, 3);
  const collector = new MetricsCollector();
  playTrace(scribe.records, collector);
  const { hostMicrosP50, hostMicrosP99 } = collector.summary().values;
  expect(hostMicrosP50! / 20).toBeCloseTo(1, 2);
  expect(hostMicrosP99! / (20 + 0.98 * 10)).toBeCloseTo(1, 2);
});

test('a run without measures has no host time', () => {
  const { hostMicrosP50, hostMicrosP99 } = new MetricsCollector().summary().values;
  expect([hostMicrosP50, hostMicrosP99]).toEqual([null, null]);
});
