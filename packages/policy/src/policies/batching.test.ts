import { describe, expect, it } from 'vitest';
import { ScriptedRun } from '../scheduler/scripted-run.ts';

describe('sequential', () => {
  it('serves one request after the other', () => {
    const run = new ScriptedRun({ policy: 'sequential' });
    expect(run.arrive(0, 2, 2)).toEqual([
      'admit request 0 as sequence 0',
      'launch work 0 on lane 0: place 0[0] in block 0, prefill 0[0,2)*',
    ]);
    expect(run.arrive(1, 2, 2)).toEqual([]);
    expect(run.end(0)).toEqual(['launch work 1 on lane 0: decode 0[2,3)*']);
    expect(run.end(0)).toEqual([
      'finish request 0: length, 2 tokens',
      'release sequence 0',
      'admit request 1 as sequence 1',
      'launch work 2 on lane 0: place 1[0] in block 0, prefill 1[0,2)*',
    ]);
  });
});

describe('static-batching', () => {
  it('takes what waits when idle, and nobody joins until all have ended', () => {
    const run = new ScriptedRun({ policy: 'static-batching', parameters: { batchSize: 2 } });
    run.arrive(0, 1, 1);
    for (const id of [1, 2, 3]) expect(run.arrive(id, 2, id + 1)).toEqual([]);
    expect(run.end(0)).toEqual([
      'finish request 0: length, 1 tokens',
      'release sequence 0',
      'admit request 1 as sequence 1',
      'admit request 2 as sequence 2',
      'launch work 1 on lane 0: place 1[0] in block 0, place 2[0] in block 1, prefill 1[0,2)*, prefill 2[0,2)*',
    ]);
    run.end(0);
    expect(run.end(0)).toEqual([
      'finish request 1: length, 2 tokens',
      'release sequence 1',
      'launch work 3 on lane 0: decode 2[3,4)*',
    ]);
    expect(run.end(0)).toContain('admit request 3 as sequence 3');
  });
});

describe('dynamic-batching', () => {
  const parameters = { maxBatchSize: 2, windowMs: 0.00001 };

  it('waits for the window of the oldest request', () => {
    const run = new ScriptedRun({ policy: 'dynamic-batching', parameters });
    run.nowNanos = 3;
    expect(run.arrive(0, 1, 1)).toEqual(['wake at t=13']);
    expect(run.timer(13)).toEqual([
      'admit request 0 as sequence 0',
      'launch work 0 on lane 0: place 0[0] in block 0, prefill 0[0,1)*',
    ]);
  });

  it('starts at once with a full batch', () => {
    const run = new ScriptedRun({ policy: 'dynamic-batching', parameters });
    run.arrive(0, 1, 1);
    expect(run.arrive(1, 1, 1)).toEqual([
      'admit request 0 as sequence 0',
      'admit request 1 as sequence 1',
      'launch work 0 on lane 0: place 0[0] in block 0, place 1[0] in block 1, prefill 0[0,1)*, prefill 1[0,1)*',
    ]);
    expect(run.timer(10)).toEqual([]);
  });

  it('does not wait again for a request whose window passed while the server was busy', () => {
    const run = new ScriptedRun({ policy: 'dynamic-batching', parameters });
    run.arrive(0, 1, 1);
    run.timer(10);
    run.arrive(1, 1, 1);
    run.nowNanos = 24;
    expect(run.end(0)).toContain('admit request 1 as sequence 1');
  });
});

describe('concurrent-instances', () => {
  it('gives each lane one request at a time', () => {
    const run = new ScriptedRun({ policy: 'concurrent-instances', parameters: { instances: 2 } });
    run.arrive(0, 2, 2);
    expect(run.arrive(1, 2, 1)).toEqual([
      'admit request 1 as sequence 1',
      'launch work 1 on lane 1: place 1[0] in block 1, prefill 1[0,2)*',
    ]);
    expect(run.arrive(2, 2, 2)).toEqual([]);
    expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[2,3)*']);
    expect(run.end(1)).toEqual([
      'finish request 1: length, 1 tokens',
      'release sequence 1',
      'admit request 2 as sequence 2',
      'launch work 3 on lane 1: place 2[0] in block 1, prefill 2[0,2)*',
    ]);
  });
});

describe('continuous-batching', () => {
  it('puts prompts first, in iterations of their own, within its token budget', () => {
    const run = new ScriptedRun({
      policy: 'continuous-batching',
      parameters: { maxBatchedTokens: 10 },
    });
    run.arrive(0, 3, 4);
    run.arrive(1, 6, 4);
    run.arrive(2, 4, 4);
    run.arrive(3, 5, 4);
    expect(run.end(0)).toEqual([
      'admit request 1 as sequence 1',
      'admit request 2 as sequence 2',
      'launch work 1 on lane 0: place 1[0] in block 1, place 2[0] in block 2, prefill 1[0,6)*, prefill 2[0,4)*',
    ]);
    expect(run.end(0)).toEqual([
      'admit request 3 as sequence 3',
      'launch work 2 on lane 0: place 3[0] in block 3, prefill 3[0,5)*',
    ]);
    expect(run.end(0)).toEqual([
      'launch work 3 on lane 0: decode 0[3,4)*, decode 1[6,7)*, decode 2[4,5)*, decode 3[5,6)*',
    ]);
  });

  it('lets a prompt beyond the budget go alone', () => {
    const run = new ScriptedRun({
      policy: 'continuous-batching',
      parameters: { maxBatchedTokens: 4 },
    });
    expect(run.arrive(0, 9, 1)).toContain(
      'launch work 0 on lane 0: place 0[0] in block 0, prefill 0[0,9)*',
    );
  });
});

describe('chunked-prefill', () => {
  const policy = 'chunked-prefill';

  it('uses its whole budget by default', () => {
    const run = new ScriptedRun({ policy });
    run.arrive(0, 4, 5);
    run.arrive(1, 900, 2);
    expect(run.end(0)).toContain(
      'launch work 1 on lane 0: place 1[0] in block 1, decode 0[4,5)*, prefill 1[0,511)',
    );
    expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[5,6)*, prefill 1[511,900)*']);
  });

  it('decodes first and cuts prompts at multiples of the alignment', () => {
    const run = new ScriptedRun({ policy, parameters: { tokenBudget: 10, chunkAlignment: 4 } });
    run.arrive(0, 4, 5);
    run.arrive(1, 15, 2);
    // One decode leaves 9 tokens: up to 8, then from there up to 15 (7 tokens), the end.
    expect(run.end(0)).toContain(
      'launch work 1 on lane 0: place 1[0] in block 1, decode 0[4,5)*, prefill 1[0,8)',
    );
    expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[5,6)*, prefill 1[8,15)*']);
  });

  it('gives the oldest prompt what there is rather than nothing', () => {
    const run = new ScriptedRun({ policy, parameters: { tokenBudget: 4, chunkAlignment: 4 } });
    run.arrive(0, 4, 5);
    run.arrive(1, 9, 2);
    expect(run.end(0)).toContain(
      'launch work 1 on lane 0: place 1[0] in block 1, decode 0[4,5)*, prefill 1[0,3)',
    );
    // 3 tokens from 3 reach 6: cut back to 4.
    expect(run.end(0)).toEqual(['launch work 2 on lane 0: decode 0[5,6)*, prefill 1[3,4)']);
  });

  it('starts the next prompt only where a whole chunk of it fits', () => {
    const run = new ScriptedRun({ policy, parameters: { tokenBudget: 10, chunkAlignment: 4 } });
    run.arrive(9, 1, 1);
    run.arrive(0, 7, 5);
    run.arrive(1, 9, 2);
    // 10 - 7 leaves 3 tokens, less than the 4 to the next cut.
    expect(run.end(0)).toContain('launch work 1 on lane 0: place 1[0] in block 0, prefill 1[0,7)*');
    expect(run.end(0)).toEqual([
      'launch work 2 on lane 0: place 2[0] in block 1, decode 1[7,8)*, prefill 2[0,9)*',
    ]);
  });
});
