import { expect, it } from 'vitest';
import { definePolicy } from '../policy.ts';
import { ScriptedRun } from './scripted-run.ts';

/** Does nothing but ask to be woken when the test says. */
function waker(asksNanos: () => number) {
  return definePolicy({
    name: 'waker',
    parameters: {},
    create: () => ({
      name: 'waker',
      lanes: ['main'],
      plan: (_, plan) => plan.wakeAt(asksNanos()),
    }),
  });
}

it('a wake-up is asked for once, until it has come', () => {
  let asks = 100;
  const run = new ScriptedRun({ policy: waker(() => asks) });
  expect(run.arrive(0, 1, 1)).toEqual(['wake at t=100']);
  // An earlier one was still on its way: that of 100 will come all the same.
  expect(run.timer(50)).toEqual([]);
  asks = 200;
  expect(run.timer(100)).toEqual(['wake at t=200']);
  asks = 150;
  expect(run.timer(120)).toEqual(['wake at t=150']);
});

it('a wake-up asked for in the past is asked for at once', () => {
  const run = new ScriptedRun({ policy: waker(() => 30) });
  run.nowNanos = 40;
  expect(run.arrive(0, 1, 1)).toEqual(['wake at t=40']);
});
