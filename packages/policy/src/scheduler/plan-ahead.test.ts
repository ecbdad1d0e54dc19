import { expect, it } from 'vitest';
import { ScriptedRun } from './scripted-run.ts';

it('decides the next work of a lane when the one before it starts', () => {
  const run = new ScriptedRun({ policy: 'sequential', planAhead: 1 });
  expect(run.arrive(0, 2, 4)).toEqual([
    'admit request 0 as sequence 0',
    'launch work 0 on lane 0: place 0[0] in block 0, prefill 0[0,2)*',
    'launch work 1 on lane 0: decode 0[2,3)*',
  ]);
  expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[3,4)*']);
  expect(run.end(0)).toEqual(['launch work 3 on lane 0: decode 0[4,5)*']);
  // Its fourth and last token is in work 3: nothing more is planned for it.
  expect(run.end(0)).toEqual([]);
  expect(run.end(0)).toEqual(['finish request 0: length, 4 tokens', 'release sequence 0']);
});

it('sees a stop one row late: the row is dead, the memory goes when its work has ended', () => {
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    planAhead: 1,
    maxSequences: 2,
    memory: { kind: 'contiguous', slots: 2, reordering: 'flover' },
  });
  run.arrive(0, 2, 9);
  run.arrive(1, 2, 9);
  run.end(0);
  run.end(0);
  expect(run.end(0)).toEqual(['launch work 4 on lane 0: decode 0[4,5)*, decode 1[3,4)*']);
  expect(run.works.at(-2)!.sequences).toEqual([0, 1]);
  // Work 3 stops sequence 0, which work 4 still names: work 5 is without it, its slot stays taken.
  expect(run.end(0, 0)).toEqual([
    'finish request 0: stop, 3 tokens',
    'launch work 5 on lane 0: decode 1[4,5)*',
  ]);
  expect(run.scheduler.view.blocksReserved).toBe(2);
  expect(run.end(0)).toEqual(['release sequence 0', 'launch work 6 on lane 0: decode 1[5,6)*']);
  expect(run.scheduler.view.blocksReserved).toBe(1);
});

it('ignores that the dead row is reported to have stopped again', () => {
  const run = new ScriptedRun({ policy: 'sequential', planAhead: 1 });
  run.arrive(0, 2, 9);
  run.end(0);
  expect(run.end(0, 0)).toEqual(['finish request 0: stop, 2 tokens']);
  expect(run.end(0, 0)).toEqual(['release sequence 0']);
});

it('lets only the lane that holds a sequence extend it', () => {
  const run = new ScriptedRun({ planAhead: 1 });
  run.arrive(0, 2, 4);
  run.arrive(1, 2, 4);
  // Both prompts are queued on the prefill lane; each decodes only when its prompt has ended.
  expect(run.works.map(({ lane, sequences }) => [lane, ...sequences])).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(run.end(1)).toEqual([
    'launch work 2 on lane 0: decode 0[2,3)*',
    'launch work 3 on lane 0: decode 0[3,4)*',
  ]);
  expect(run.end(1)).toEqual([]);
  expect(run.end(0)).toEqual(['launch work 4 on lane 0: decode 0[4,5)*, decode 1[2,3)*']);
});
