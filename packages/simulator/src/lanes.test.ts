import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWork } from '../test/support/work.ts';
import type { WorkCost } from './cost-model.ts';
import { LinearCostModel } from './cost-models/linear.ts';
import { EventQueue } from './event-queue.ts';
import { Lanes } from './lanes.ts';

interface Launch {
  readonly lane: number;
  readonly soloNanos: number;
  readonly readyNanos?: number;
}

/** Launches everything at time 0 and returns [work, start, end] in order of ends. */
function run(launches: readonly Launch[], interference: number): [number, number, number][] {
  const queue = new EventQueue();
  const lanes = new Lanes(queue, new LinearCostModel({ interference }), 0, 0);
  launches.forEach(({ lane, soloNanos, readyNanos = 0 }, id) => {
    const work = decodeWork([1], { id, lane });
    lanes.launch({
      work,
      cost: { soloNanos, moveNanos: 0, planNanos: 0, launchNanos: 0 },
      readyNanos,
      kvReservedTokens: 0,
      kvUsedTokens: 0,
      startNanos: -1,
    });
  });
  const ends: [number, number, number][] = [];
  while (queue.size > 0) {
    const handle = queue.pop();
    const timeNanos = queue.timeNanos(handle);
    const ended = lanes.advance(queue.payload(handle), timeNanos);
    if (ended !== undefined) ends.push([ended.work.id, ended.startNanos, timeNanos]);
  }
  return ends;
}

test('a lane is serial', () => {
  expect(
    run(
      [
        { lane: 0, soloNanos: 100 },
        { lane: 0, soloNanos: 50 },
      ],
      1,
    ),
  ).toEqual([
    [0, 0, 100],
    [1, 100, 150],
  ]);
});

test('lanes overlap freely where nothing interferes', () => {
  expect(
    run(
      [
        { lane: 0, soloNanos: 100 },
        { lane: 1, soloNanos: 60 },
      ],
      0,
    ),
  ).toEqual([
    [1, 0, 60],
    [0, 0, 100],
  ]);
});

test('full interference shares the device equally: 60 and 100 end at 120 and 160', () => {
  expect(
    run(
      [
        { lane: 0, soloNanos: 100 },
        { lane: 1, soloNanos: 60 },
      ],
      1,
    ),
  ).toEqual([
    [1, 0, 120],
    [0, 0, 160],
  ]);
});

test('a work is slowed only while the other runs', () => {
  // Alone to 40, then half as fast beside a work of 10 to 60, then alone.
  const late = { lane: 1, soloNanos: 10, readyNanos: 40 };
  expect(run([{ lane: 0, soloNanos: 100 }, late], 1)).toEqual([
    [1, 40, 60],
    [0, 0, 110],
  ]);
});

test('ends are rounded up to the next whole nanosecond', () => {
  // Beside a work of 10 that takes 13.3 at the factor 4/3: it ends at 14, the other has 0.5 left.
  expect(
    run(
      [
        { lane: 0, soloNanos: 11 },
        { lane: 1, soloNanos: 10 },
      ],
      1 / 3,
    ),
  ).toEqual([
    [1, 0, 14],
    [0, 0, 15],
  ]);
});

test('a work that is not ready waits, and the device idles', () => {
  const late = { lane: 0, soloNanos: 5, readyNanos: 30 };
  expect(run([{ lane: 0, soloNanos: 10 }, late], 0)).toEqual([
    [0, 0, 10],
    [1, 30, 35],
  ]);
});

test('under full interference no time is lost or won: all is done when the sum of works is', () => {
  const work = fc.record({ lane: fc.nat(4), soloNanos: fc.integer({ min: 1, max: 10_000 }) });
  fc.assert(
    fc.property(fc.array(work, { minLength: 1, maxLength: 20 }), (launches) => {
      const ends = run(launches, 1);
      const sum = launches.reduce((total, { soloNanos }) => total + soloNanos, 0);
      expect(ends).toHaveLength(launches.length);
      const last = ends[ends.length - 1][2];
      // Each end is rounded up by less than a nanosecond.
      expect(last).toBeGreaterThanOrEqual(sum);
      expect(last - sum).toBeLessThan(launches.length);
      for (const [id, start, end] of ends) {
        expect(end - start).toBeGreaterThanOrEqual(launches[id].soloNanos);
      }
    }),
  );
});

test('what has prompts is counted at the launch, or when what is before it on its lane begins', () => {
  const queue = new EventQueue();
  const seen = new Map<number, number | undefined>();
  const model = {
    name: 'watching',
    kvBytesPerToken: 1,
    costOf: () => ({ soloNanos: 1, moveNanos: 0, planNanos: 0, launchNanos: 0 }),
    slowdowns(running: readonly WorkCost[], _: Float64Array, sharers?: readonly number[]) {
      running.forEach(({ soloNanos }, i) => {
        seen.set(soloNanos, sharers?.[i]);
      });
    },
  };
  const lanes = new Lanes(queue, model, 0, 0);
  const launch = (lane: number, soloNanos: number, prefills = false) =>
    lanes.launch({
      work: decodeWork([1], { id: soloNanos, lane }),
      cost: { ...model.costOf(), soloNanos, prefills },
      readyNanos: 0,
      kvReservedTokens: 0,
      kvUsedTokens: 0,
      startNanos: -1,
    });
  launch(0, 100);
  launch(0, 101);
  launch(1, 1000, true);
  launch(1, 1001);
  launch(2, 500, true);
  while (queue.size > 0) {
    const handle = queue.pop();
    lanes.advance(queue.payload(handle), queue.timeNanos(handle));
  }
  // 101 waits until 100 begins, when lanes 1 and 2 have prompts; 500 shares with 1000, which came first.
  expect(Object.fromEntries(seen)).toEqual({ 100: 0, 101: 3, 1000: 1, 500: 2 });
});
