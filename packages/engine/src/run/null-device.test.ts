import { RowFlag } from '@flover/policy';
import { expect, test } from 'vitest';
import { completionFor, readCompletion } from './completion.ts';
import { NullDevice } from './null-device.ts';

const rows = (...values: number[]) => Int32Array.from(values);

test('works end in order, with a token for each row that samples', () => {
  let ended = 0;
  const device = new NullDevice(() => {
    ended += 1;
  });
  device.startClock();
  const { Samples } = RowFlag;
  device.launch(7, 1, 2, rows(4, 9), rows(0, 3), rows(3, 4), rows(0, Samples), 0, rows(), 0);
  device.launch(8, 0, 1, rows(4), rows(3), rows(4), rows(Samples), 0, rows(2, 4), 2);
  const completion = completionFor(16);
  expect(device.wait(-1, completion)).toBe(true);
  const first = readCompletion(completion);
  expect(first).toMatchObject({ work: 7, lane: 1, tokens: [0], stopped: [], movedBytes: 0 });
  expect(first.endNanos).toBeGreaterThan(first.startNanos);
  expect(device.wait(-1, completion)).toBe(true);
  expect(readCompletion(completion)).toMatchObject({ work: 8, lane: 0, movedBytes: 2 });
  expect(ended).toBe(2);
});

test('without works the clock goes to the deadline', () => {
  const device = new NullDevice(() => {});
  device.startClock();
  expect(device.wait(5e9, completionFor(16))).toBe(false);
  expect(device.nowNanos()).toBeGreaterThan(5e9);
});
