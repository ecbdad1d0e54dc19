import { expect, it } from 'vitest';
import { ScriptedRun } from './scripted-run.ts';

it('lets a waiting request just go', () => {
  const run = new ScriptedRun({ policy: 'sequential' });
  run.arrive(0, 2, 2);
  run.arrive(1, 2, 2);
  expect(run.cancel(1)).toEqual(['finish request 1: cancelled, 0 tokens']);
  expect(run.scheduler.view.waiting).toBe(0);
  expect(run.drain().filter((line) => line.includes('request 1'))).toEqual([]);
});

it('ends a request in its prompt; its row is dead and its memory goes with the work', () => {
  const run = new ScriptedRun();
  run.arrive(0, 2, 4);
  expect(run.cancel(0)).toEqual(['finish request 0: cancelled, 0 tokens']);
  expect(run.scheduler.view.blocksReserved).toBe(1);
  expect(run.end(1)).toEqual(['release sequence 0']);
  expect(run.scheduler.view.blocksReserved).toBe(0);
});

it('counts the tokens that were known when a decoding request was cancelled', () => {
  const run = new ScriptedRun({ planAhead: 1 });
  run.arrive(0, 2, 9);
  run.end(1);
  run.end(0);
  // Two works are queued; the prompt and one decode have ended.
  expect(run.cancel(0)).toEqual(['finish request 0: cancelled, 2 tokens']);
  expect(run.end(0)).toEqual([]);
  expect(run.end(0)).toEqual(['release sequence 0']);
});

it('frees a sequence that no work names at once, for the next in line', () => {
  const run = new ScriptedRun({ parameters: { prefillLanes: 1 }, maxSequences: 1 });
  run.arrive(0, 2, 9);
  run.arrive(1, 2, 9);
  run.cancel(0);
  expect(run.end(1)).toEqual([
    'release sequence 0',
    'admit request 1 as sequence 1',
    'launch work 1 on lane 1: place 1[0] in block 0, prefill 1[0,2)*',
  ]);
});

it('frees what a preempted request has', () => {
  const memory = { kind: 'paged', blocks: 6, blockTokens: 1, hostBlocks: 6 } as const;
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    parameters: { preemption: 'swap' },
    memory,
  });
  run.arrive(0, 2, 4);
  run.arrive(1, 2, 4);
  run.end(0);
  run.end(0);
  expect(run.end(0)[0]).toBe('preempt sequence 1 by swap');
  expect(run.cancel(1)).toEqual(['finish request 1: cancelled, 2 tokens']);
  expect(run.scheduler.view.hostBlocksReserved).toBe(3);
  expect(run.end(0)).toContain('release sequence 1');
  expect(run.scheduler.view).toMatchObject({ hostBlocksReserved: 0, preempted: 0 });
});

it('cancels every sequence of a group', () => {
  const run = new ScriptedRun();
  run.arrive(0, 2, 9, 'samples', 2);
  run.end(1);
  expect(run.cancel(0)).toEqual(['finish request 0: cancelled, 1 tokens']);
  expect(run.end(0)).toEqual(['release sequence 0', 'release sequence 1']);
});

it('takes a cancel after the end, or of nobody, for nothing', () => {
  const run = new ScriptedRun();
  run.arrive(0, 2, 1);
  run.end(1);
  expect([run.cancel(0), run.cancel(7)]).toEqual([[], []]);
});
