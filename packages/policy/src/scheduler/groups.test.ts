import { describe, expect, it } from 'vitest';
import { definePolicy } from '../policy.ts';
import { ScriptedRun } from './scripted-run.ts';

describe('samples', () => {
  it('computes the prompt once, samples for all, and forks in the next work', () => {
    const run = new ScriptedRun({ policy: 'continuous-batching' });
    expect(run.arrive(0, 3, 3, 'samples', 3)).toEqual([
      'admit request 0 as sequence 0',
      'launch work 0 on lane 0: place 0[0] in block 0, prefill 0[0,3)*',
    ]);
    expect(run.end(0)).toEqual([
      'launch work 1 on lane 0: place 1[0] in block 1, place 2[0] in block 2, fork 0->1 3 tokens, fork 0->2 3 tokens, decode 0[3,4)*, decode 1[3,4)*, decode 2[3,4)*',
    ]);
    // Each stops by itself; the request ends with the last.
    expect(run.end(0, 1)).toEqual([
      'release sequence 1',
      'launch work 2 on lane 0: decode 0[4,5)*, decode 2[4,5)*',
    ]);
    expect(run.end(0)).toEqual([
      'finish request 0: length, 3 tokens',
      'release sequence 0',
      'release sequence 2',
    ]);
  });

  it('keeps the KV of a first sequence that stopped at once until the others have forked', () => {
    const run = new ScriptedRun({ policy: 'continuous-batching' });
    run.arrive(0, 3, 3, 'samples', 2);
    expect(run.end(0, 0)).toEqual([
      'launch work 1 on lane 0: place 1[0] in block 1, fork 0->1 3 tokens, decode 1[3,4)*',
    ]);
    expect(run.scheduler.view.blocksReserved).toBe(2);
    expect(run.end(0)).toEqual(['release sequence 0', 'launch work 2 on lane 0: decode 1[4,5)*']);
  });

  it('stops for good when all stopped at their first token', () => {
    const run = new ScriptedRun({ policy: 'continuous-batching' });
    run.arrive(0, 3, 3, 'samples', 2);
    expect(run.end(0, 0, 1)).toEqual([
      'finish request 0: stop, 1 tokens',
      'release sequence 0',
      'release sequence 1',
    ]);
  });
});

/** Loses the KV of what it serves while `loses` says so, and brings it back as soon as it may. */
function loser(loses: () => boolean, granted: boolean[]) {
  return definePolicy({
    name: 'loser',
    parameters: {},
    create: () => ({
      name: 'loser',
      lanes: ['main'],
      plan(_, plan) {
        const [first] = plan.sequences;
        if (first?.state === 'preempted') granted.push(plan.resume(first));
        if (loses()) {
          if (first?.state === 'decode') plan.preempt(first, 'recompute');
          return;
        }
        for (const request of plan.waiting) plan.admit(request);
        for (const sequence of plan.sequences) {
          if (sequence.state === 'prefill') plan.prefill(sequence, 99);
        }
        plan.decodeAll();
      },
    }),
  });
}

it('gives back what a first sequence kept for others to fork from when they lose all', () => {
  let loses = false;
  const memory = { kind: 'paged', blocks: 12, blockTokens: 1, hostBlocks: 0 } as const;
  const run = new ScriptedRun({ policy: loser(() => loses, []), memory });
  run.arrive(0, 2, 4, 'samples', 2);
  loses = true;
  expect(run.end(0, 0)).toEqual(['preempt sequence 1 by recompute', 'release sequence 0']);
  // Sequence 1 is back, with room for the prompt and its first token.
  expect(run.scheduler.view.blocksReserved).toBe(3);
});

it('comes back after a loss only when no queued work can end who computes the prompt', () => {
  let loses = false;
  const granted: boolean[] = [];
  const run = new ScriptedRun({
    policy: loser(() => loses, granted),
    memory: { kind: 'paged', blocks: 12, blockTokens: 1, hostBlocks: 0 },
    planAhead: 1,
  });
  run.arrive(0, 1, 4, 'samples', 2);
  run.end(0);
  loses = true;
  expect(run.end(0)).toEqual([
    'preempt sequence 0 by recompute',
    'preempt sequence 1 by recompute',
  ]);
  expect(granted).toEqual([false]);
  loses = false;
  // Work 2 was queued: sequence 0 stops with it, and sequence 1 computes the prompt for itself.
  expect(run.end(0, 0)).toEqual([
    'release sequence 0',
    'launch work 3 on lane 0: place 1[0] in block 5, place 1[1] in block 3, place 1[2] in block 2, place 1[3] in block 4, prefill 1[0,1)',
    'launch work 4 on lane 0: decode 1[1,2)',
  ]);
  expect(run.drain()).toContain('finish request 0: length, 4 tokens');
});

describe('beams', () => {
  it('decode together and stop all at once', () => {
    const run = new ScriptedRun();
    run.arrive(0, 2, 5, 'beams', 2);
    expect(run.end(1)).toEqual([
      'launch work 1 on lane 0: place 1[0] in block 1, fork 0->1 2 tokens, decode 0[2,3)*, decode 1[2,3)*',
    ]);
    expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[3,4)*, decode 1[3,4)*']);
    expect(run.end(0, 1)).toEqual([
      'finish request 0: stop, 3 tokens',
      'release sequence 0',
      'release sequence 1',
    ]);
  });

  it('come in whole or not at all when the memory is exhausted', () => {
    const run = new ScriptedRun({
      policy: definePolicy({
        name: 'never-preempts',
        parameters: {},
        create: () => ({
          name: 'never-preempts',
          lanes: ['main'],
          plan(_, plan) {
            for (const request of plan.waiting) plan.admit(request);
            for (const sequence of plan.sequences) {
              if (sequence.state === 'decode') plan.decode(sequence);
              else if (sequence.state === 'prefill') plan.prefill(sequence, 99);
            }
          },
        }),
      }),
      memory: { kind: 'paged', blocks: 7, blockTokens: 1, hostBlocks: 0 },
    });
    run.arrive(0, 1, 3, 'beams', 2);
    run.arrive(1, 1, 3);
    // The beams hold 2 + 2 blocks and need 3 + 3 of 7; the other holds 2, so they wait for its end.
    run.end(0);
    run.drain();
    expect(run.works.map(({ sequences }) => sequences)).toEqual([[0], [0, 1, 2], [2], [2], [0, 1]]);
  });
});
