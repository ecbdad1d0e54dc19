import { expect, it } from 'vitest';
import { checkScheduler } from './invariants.ts';
import type { SchedulerCore } from './scheduler/core.ts';
import { ScriptedRun } from './scheduler/scripted-run.ts';
import type { Sequence } from './scheduler/sequence.ts';
import type { State } from './scheduler/state.ts';

/** Two sequences in their decode, in contiguous memory, and the state behind them. */
function decoding(): { run: ScriptedRun; state: State; sequences: Sequence[] } {
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    maxSequences: 4,
    memory: { kind: 'contiguous', slots: 4, reordering: 'off' },
  });
  run.arrive(0, 3, 5);
  run.arrive(1, 3, 5);
  run.end(0);
  run.end(0);
  const { state } = run.scheduler as SchedulerCore;
  return { run, state, sequences: [...state.alive.values()] };
}

it('finds nothing wrong with a sound scheduler', () => {
  expect(() => checkScheduler(decoding().run.scheduler)).not.toThrow();
});

type Damage = (state: State, first: Sequence, second: Sequence) => void;

it.each<[string, Damage]>([
  ['block 0 is claimed by sequences 0 and 1', (_, first, second) => take(second, first.blocks[0]!)],
  ['block 9 does not exist', (_, first) => take(first, 9)],
  ['slot 1 is free but sequence 1 claims it', (_, __, second) => take(second, 2)],
  ['KV tokens are held', (state) => void state.tokensUsed++],
  ['sequence 0 is computed beyond its limit', beyondLimit],
  ['is preempted but holds memory', (state, first) => state.change(first, 'preempted')],
  ['requests are known', (state) => void state.entries.delete(0)],
  ['2 sequences alive, 1 active', (state) => void state.active.pop()],
  ['more KV blocks are reserved', (state) => void Object.assign(state.memory, { reserved: 5 })],
])('finds: %s', (message, damage) => {
  const { run, state, sequences } = decoding();
  damage(state, sequences[0]!, sequences[1]!);
  expect(() => checkScheduler(run.scheduler)).toThrowError(message);
});

function take(sequence: Sequence, block: number): void {
  sequence.blocks[0] = block;
}

function beyondLimit(state: State, first: Sequence): void {
  state.tokensUsed += 100;
  first.computedTokens += 100;
}

it('is for schedulers made here', () => {
  expect(() => checkScheduler({} as never)).toThrowError('not a scheduler');
});
