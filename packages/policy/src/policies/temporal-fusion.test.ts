import { expect, it } from 'vitest';
import { ScriptedRun } from '../scheduler/scripted-run.ts';

it('prefills beside the fused decode and joins at the next boundary', () => {
  const run = new ScriptedRun();
  expect(run.arrive(0, 3, 3)).toEqual([
    'admit request 0 as sequence 0',
    'launch work 0 on lane 1: place 0[0] in block 0, prefill 0[0,3)*',
  ]);
  expect(run.arrive(1, 2, 2)).toEqual([]);
  expect(run.end(1)).toEqual([
    'admit request 1 as sequence 1',
    'launch work 1 on lane 0: decode 0[3,4)*',
    'launch work 2 on lane 1: place 1[0] in block 1, prefill 1[0,2)*',
  ]);
  expect(run.end(1)).toEqual([]);
  expect(run.end(0)).toEqual(['launch work 3 on lane 0: decode 0[4,5)*, decode 1[2,3)*']);
  expect(run.end(0)).toEqual([
    'finish request 0: length, 3 tokens',
    'finish request 1: length, 2 tokens',
    'release sequence 0',
    'release sequence 1',
  ]);
});

it('prefills on as many lanes as it is given', () => {
  const run = new ScriptedRun({ parameters: { prefillLanes: 2 } });
  run.arrive(0, 4, 2);
  expect(run.arrive(1, 4, 2)).toEqual([
    'admit request 1 as sequence 1',
    'launch work 1 on lane 2: place 1[0] in block 1, prefill 1[0,4)*',
  ]);
  expect(run.arrive(2, 4, 2)).toEqual([]);
  expect(run.end(2)).toEqual([
    'admit request 2 as sequence 2',
    'launch work 2 on lane 0: decode 1[4,5)*',
    'launch work 3 on lane 2: place 2[0] in block 2, prefill 2[0,4)*',
  ]);
});

it('prefills together what waits together, as far as the budget goes', () => {
  const run = new ScriptedRun({ parameters: { maxPrefillTokens: 6 } });
  run.arrive(0, 4, 2);
  run.arrive(1, 4, 2);
  run.arrive(2, 2, 2);
  run.arrive(3, 1, 2);
  expect(run.end(1)).toEqual([
    'admit request 1 as sequence 1',
    'admit request 2 as sequence 2',
    'launch work 1 on lane 0: decode 0[4,5)*',
    'launch work 2 on lane 1: place 1[0] in block 1, place 2[0] in block 2, prefill 1[0,4)*, prefill 2[0,2)*',
  ]);
});

it('keeps to the budget for those that come back together, too', () => {
  const run = new ScriptedRun({
    planAhead: 0,
    maxSequenceTokens: 16,
    parameters: { maxPrefillTokens: 3 },
    memory: { kind: 'paged', blocks: 9, blockTokens: 1, hostBlocks: 0 },
  });
  run.arrive(0, 2, 7);
  run.arrive(1, 2, 6);
  run.arrive(2, 2, 6);
  for (const lane of [1, 1, 1, 0, 0, 0, 0, 0]) run.end(lane);
  // Sequences 1 and 2 lost their memory on the way; there is room for both now.
  expect(run.end(0).at(-1)).toMatch(/on lane 1: .*prefill 1\[0,2\)$/);
  expect(run.end(1).at(-1)).toMatch(/on lane 1: .*prefill 2\[0,2\)$/);
});

it('lets a newcomer take a hole before anything is moved', () => {
  const run = new ScriptedRun({
    maxSequences: 3,
    memory: { kind: 'contiguous', slots: 3, reordering: 'flover' },
  });
  run.arrive(0, 1, 9);
  run.end(1);
  run.arrive(1, 1, 2);
  run.end(1);
  run.arrive(2, 1, 9);
  run.end(1);
  run.end(0);
  run.arrive(3, 5, 9);
  // Sequence 1, in slot 1 of 0..2, ends here.
  expect(run.end(0)).toEqual([
    'finish request 1: length, 2 tokens',
    'release sequence 1',
    'admit request 3 as sequence 3',
    'launch work 5 on lane 0: decode 0[3,4)*, decode 2[2,3)*',
    'launch work 6 on lane 1: place 3[0] in block 1, prefill 3[0,5)*',
  ]);
});

it('ends a request of one token with its prompt', () => {
  const run = new ScriptedRun();
  run.arrive(0, 3, 1);
  expect(run.end(1)).toEqual(['finish request 0: length, 1 tokens', 'release sequence 0']);
});
