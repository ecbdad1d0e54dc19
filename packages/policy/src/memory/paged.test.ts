import { describe, expect, it } from 'vitest';
import { definePolicy } from '../policy.ts';
import { ScriptedRun } from '../scheduler/scripted-run.ts';

const paged = (blocks: number, blockTokens = 1, hostBlocks = 0) =>
  ({ kind: 'paged', blocks, blockTokens, hostBlocks }) as const;

it('takes the blocks of the prompt and the first token at once, the others as it grows', () => {
  const run = new ScriptedRun({ policy: 'sequential', memory: paged(4, 4) });
  expect(run.arrive(0, 4, 6)).toContain(
    'launch work 0 on lane 0: place 0[0] in block 0, place 0[1] in block 1, prefill 0[0,4)*',
  );
  const placed = () => run.works.at(-1)!.placements.length;
  const placements: number[] = [];
  for (let i = 0; i < 5; i++) {
    run.end(0);
    placements.push(placed());
  }
  // Rows end at 5, 6, 7, 8 and 9; the third block begins with token 8.
  expect(placements).toEqual([0, 0, 0, 0, 1]);
  expect(run.end(0)).toContain('finish request 0: length, 6 tokens');
  expect(run.scheduler.view).toMatchObject({ blocksReserved: 0, tokensUsed: 0 });
});

it('leaves one block in a hundred to those that are in', () => {
  // 100 blocks are held; 98 more leave the two of the watermark, 99 do not.
  for (const [promptTokens, waiting] of [
    [97, 0],
    [98, 1],
  ] as const) {
    const run = new ScriptedRun({ policy: 'continuous-batching', memory: paged(200) });
    run.arrive(0, 99, 2);
    run.arrive(1, promptTokens, 2);
    run.end(0);
    expect(run.scheduler.view).toMatchObject({ waiting, blocksReserved: 198 - 98 * waiting });
  }
});

it('gives the whole memory to one who is alone', () => {
  const run = new ScriptedRun({ policy: 'sequential', memory: paged(200) });
  expect(run.arrive(0, 199, 2)).toContain('admit request 0 as sequence 0');
});

describe('blocks taken while a lane still reads them', () => {
  const policy = definePolicy({
    name: 'swaps-out-and-admits-beside',
    parameters: {},
    create: () => ({
      name: 'swaps-out-and-admits-beside',
      lanes: ['first', 'second'],
      plan(lane, plan) {
        const [first] = plan.sequences;
        if (lane.index === 0) {
          if (first === undefined && plan.waiting.first) {
            plan.prefill(plan.admit(plan.waiting.first)[0]!, 9);
          } else if (first?.state === 'decode' && plan.waiting.first) plan.preempt(first, 'swap');
        } else if (first !== undefined && plan.waiting.first) {
          const [next] = plan.admit(plan.waiting.first);
          if (next !== undefined) plan.prefill(next, 9);
        }
      },
    }),
  });

  it('are free for other lanes only when that work has ended', () => {
    const run = new ScriptedRun({ policy, memory: paged(4, 1, 4) });
    run.arrive(0, 3, 2);
    expect(run.arrive(1, 3, 2)).toEqual([]);
    expect(run.end(0)).toEqual([
      'preempt sequence 0 by swap',
      'launch work 1 on lane 0: swap out 0 3 tokens [0,1,2]',
    ]);
    expect(run.scheduler.view.blocksReserved).toBe(0);
    expect(run.end(0)[0]).toBe('admit request 1 as sequence 1');
  });

  it('are free at once for a newcomer to the same lane, whose rows come after them', () => {
    const alone = definePolicy({
      name: 'swaps-out-and-admits',
      parameters: {},
      create: () => ({
        name: 'swaps-out-and-admits',
        lanes: ['main'],
        plan(_, plan) {
          const next = plan.waiting.first;
          if (next === undefined) return;
          const [first] = plan.sequences;
          if (first?.state === 'decode') plan.preempt(first, 'swap');
          const [admitted] = plan.admit(next);
          if (admitted !== undefined) plan.prefill(admitted, 9);
        },
      }),
    });
    const run = new ScriptedRun({ policy: alone, memory: paged(4, 1, 4) });
    run.arrive(0, 3, 2);
    run.arrive(1, 3, 2);
    expect(run.end(0)).toEqual([
      'preempt sequence 0 by swap',
      'admit request 1 as sequence 1',
      'launch work 1 on lane 0: swap out 0 3 tokens [0,1,2], place 1[0] in block 0, place 1[1] in block 1, place 1[2] in block 2, place 1[3] in block 3, prefill 1[0,3)*',
    ]);
  });
});
