import { describe, expect, it } from 'vitest';
import { definePolicy } from '../policy.ts';
import { ScriptedRun } from './scripted-run.ts';

/** Two requests of 2 + 4 tokens in 6 blocks of one token: both fit until each has 3. */
function dry(preemption: 'swap' | 'recompute', hostBlocks = 6, planAhead: 0 | 1 = 0) {
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    parameters: { preemption },
    memory: { kind: 'paged', blocks: 6, blockTokens: 1, hostBlocks },
    planAhead,
  });
  run.arrive(0, 2, 4);
  run.arrive(1, 2, 4);
  return run;
}

describe('recompute', () => {
  it('loses the KV of the latest, and takes each token through the path that made it', () => {
    const run = dry('recompute', 0);
    run.end(0);
    expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[2,3)*, decode 1[2,3)*']);
    expect(run.end(0)).toEqual([
      'preempt sequence 1 by recompute',
      'launch work 3 on lane 0: place 0[3] in block 3, decode 0[3,4)*',
    ]);
    expect(run.scheduler.view).toMatchObject({ preempted: 1, blocksReserved: 4, tokensUsed: 4 });
    expect(run.end(0)).toEqual(['launch work 4 on lane 0: place 0[4] in block 4, decode 0[4,5)*']);
    // Two tokens were sampled: the prompt goes again, unsampled, then token 2, then the frontier.
    expect(run.end(0)).toEqual([
      'finish request 0: length, 4 tokens',
      'release sequence 0',
      'launch work 5 on lane 0: place 1[0] in block 0, place 1[1] in block 1, place 1[2] in block 2, place 1[3] in block 3, prefill 1[0,2)',
    ]);
    expect(run.end(0)).toEqual(['launch work 6 on lane 0: decode 1[2,3)']);
    expect(run.end(0)).toEqual(['launch work 7 on lane 0: decode 1[3,4)*']);
    expect(run.end(0)).toEqual(['launch work 8 on lane 0: place 1[4] in block 4, decode 1[4,5)*']);
    expect(run.end(0)).toEqual(['finish request 1: length, 4 tokens', 'release sequence 1']);
  });

  it.each([
    [2, 'recompute'],
    [3, 'swap'],
  ])('with %i host blocks for 3 tokens a swap is a %s', (hostBlocks, by) => {
    const run = dry('swap', hostBlocks);
    run.end(0);
    run.end(0);
    expect(run.end(0)[0]).toBe(`preempt sequence 1 by ${by}`);
  });

  it('gives back room for the prompt and the first token to who had computed a part of it', () => {
    let preempts = false;
    const policy = definePolicy({
      name: 'a-token-at-a-time',
      parameters: {},
      create: () => ({
        name: 'a-token-at-a-time',
        lanes: ['main'],
        plan(_, plan) {
          for (const request of plan.waiting) plan.admit(request);
          const [first] = plan.sequences;
          if (first === undefined) return;
          if (preempts && first.state === 'prefill') plan.preempt(first, 'recompute');
          preempts = false;
          if (first.state === 'preempted') plan.resume(first);
          if (first.state === 'prefill') plan.prefill(first, 1);
        },
      }),
    });
    const memory = { kind: 'paged', blocks: 8, blockTokens: 1, hostBlocks: 0 } as const;
    const run = new ScriptedRun({ policy, memory });
    run.arrive(0, 3, 3);
    expect(run.scheduler.view.blocksReserved).toBe(4);
    preempts = true;
    expect(run.end(0)[0]).toBe('preempt sequence 0 by recompute');
    expect(run.scheduler.view.blocksReserved).toBe(4);
  });

  it('counts a token that a queued work samples after the KV was lost', () => {
    const run = dry('recompute', 0, 1);
    run.end(0);
    // Work 2 with the prompt of sequence 1 is queued: it will have sampled the first token.
    expect(run.end(0)[0]).toBe('preempt sequence 1 by recompute');
    const lines = run.drain();
    expect(lines).toContain('launch work 6 on lane 0: decode 1[2,3)*');
    expect(lines).toContain('finish request 1: length, 4 tokens');
  });
});

describe('swap', () => {
  it('carries the KV out and back, and its blocks are free for the same work', () => {
    const run = dry('swap');
    run.end(0);
    run.end(0);
    expect(run.end(0)).toEqual([
      'preempt sequence 1 by swap',
      'launch work 3 on lane 0: swap out 1 3 tokens [3,4,5], place 0[3] in block 3, decode 0[3,4)*',
    ]);
    expect(run.scheduler.view).toMatchObject({
      preempted: 1,
      hostBlocksReserved: 3,
      tokensUsed: 4,
    });
    run.end(0);
    expect(run.end(0)).toEqual([
      'finish request 0: length, 4 tokens',
      'release sequence 0',
      'launch work 5 on lane 0: swap in 1 3 tokens [0,1,2], place 1[0] in block 0, place 1[1] in block 1, place 1[2] in block 2, place 1[3] in block 3, decode 1[3,4)*',
    ]);
    // The host memory is read until that work has ended.
    expect(run.scheduler.view).toMatchObject({ preempted: 0, hostBlocksReserved: 3 });
    run.end(0);
    expect(run.scheduler.view.hostBlocksReserved).toBe(0);
    expect(run.end(0)).toEqual(['finish request 1: length, 4 tokens', 'release sequence 1']);
  });
});

it('brings the preempted back before anyone new enters', () => {
  const run = dry('recompute', 0);
  run.arrive(2, 1, 1);
  run.end(0);
  run.end(0);
  // Two of six blocks are free and request 2 needs one, but sequence 1 was there before.
  expect(run.end(0)).toContain('preempt sequence 1 by recompute');
  expect(run.scheduler.view).toMatchObject({ blocksReserved: 4, waiting: 1 });
  expect(run.end(0)).toEqual(['launch work 4 on lane 0: place 0[4] in block 4, decode 0[4,5)*']);
  expect(run.end(0)).toContain('admit request 2 as sequence 2');
  expect(run.scheduler.view.preempted).toBe(0);
  expect(run.works.at(-1)!.sequences).toEqual([1, 2]);
});

it('preempts a group whole, and its prompt is computed once again for all', () => {
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    memory: { kind: 'paged', blocks: 8, blockTokens: 1, hostBlocks: 0 },
  });
  run.arrive(0, 2, 5);
  run.arrive(1, 1, 3, 'samples', 2);
  const lines = run.drain();
  const preempted = lines.filter((line) => line.startsWith('preempt'));
  expect(preempted).toEqual(['preempt sequence 1 by recompute', 'preempt sequence 2 by recompute']);
  const after = lines.slice(lines.indexOf(preempted[1]!));
  expect(after.filter((line) => line.includes('prefill')).length).toBe(1);
  expect(after.some((line) => line.includes('fork 1->2 1 tokens'))).toBe(true);
  expect(lines).toContain('finish request 1: length, 3 tokens');
});
