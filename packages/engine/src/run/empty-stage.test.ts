import { RowFlag } from '@flover/policy';
import { expect, test } from 'vitest';
import { completionFor, readCompletion } from './completion.ts';
import { EmptyStage } from './empty-stage.ts';

const rows = (...values: number[]) => Int32Array.from(values);

test('works end in order, with a token for each row that samples', () => {
  let ended = 0;
  const stage = new EmptyStage(() => {
    ended += 1;
  });
  stage.startClock();
  const { Samples } = RowFlag;
  stage.launch(7, 1, 2, rows(4, 9), rows(0, 3), rows(3, 4), rows(0, Samples), 0, rows(), 0);
  stage.launch(8, 0, 1, rows(4), rows(3), rows(4), rows(Samples), 0, rows(2, 4), 2);
  const completion = completionFor(16);
  expect(stage.wait(-1, completion)).toBe(true);
  const first = readCompletion(completion);
  expect(first).toMatchObject({ work: 7, lane: 1, tokens: [0], stopped: [], movedBytes: 0 });
  expect(first.endNanos).toBeGreaterThan(first.startNanos);
  expect(stage.wait(-1, completion)).toBe(true);
  expect(readCompletion(completion)).toMatchObject({ work: 8, lane: 0, movedBytes: 2 });
  expect(ended).toBe(2);
});

test('without works the clock goes to the deadline', () => {
  const stage = new EmptyStage(() => {});
  stage.startClock();
  expect(stage.wait(5e9, completionFor(16))).toBe(false);
  expect(stage.nowNanos()).toBeGreaterThan(5e9);
});
