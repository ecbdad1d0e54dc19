import { describe, expect, it } from 'vitest';
import type { Reordering } from '../config.ts';
import { ScriptedRun } from '../scheduler/scripted-run.ts';

/** Requests 0..n-1 of the given output lengths, in slots 0..n-1, all decoding. */
function fused(reordering: Reordering, maxOutputTokens: number[], prompts: number[] = []) {
  const slots = maxOutputTokens.length;
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    maxSequences: slots,
    memory: { kind: 'contiguous', slots, reordering },
  });
  maxOutputTokens.forEach((tokens, id) => {
    run.arrive(id, prompts[id] ?? 1, tokens);
  });
  while (run.works.at(-1)!.sequences.length < slots) run.end(0);
  return run;
}

describe('flover', () => {
  it('moves what lies outside the window with most live slots, whole', () => {
    const run = fused('flover', [9, 2, 9, 9], [1, 1, 1, 5]);
    // 0 . 2 3: windows [0,3) and [1,4) leave one outside; the left one moves slot 3 to slot 1.
    expect(run.end(0)).toEqual([
      'finish request 1: length, 2 tokens',
      'release sequence 1',
      'launch work 3 on lane 0: move 3 block 3->1 6 tokens, decode 0[2,3)*, decode 2[2,3)*, decode 3[6,7)*',
    ]);
    expect(run.works.at(-1)!.deadRows).toBe(0);
  });

  it('moves nothing when an edge ends', () => {
    const run = fused('flover', [2, 9, 9, 2]);
    run.end(0);
    const work = run.works.at(-1)!;
    expect(work.sequences).toEqual([1, 2]);
    expect([work.moves, work.deadRows]).toEqual([[], 0]);
  });
});

describe('least-bytes', () => {
  it('moves the sequence with least KV', () => {
    const run = fused('least-bytes', [9, 2, 9, 9], [2, 1, 1, 5]);
    // Slot 0 holds 3 tokens, slot 3 holds 6: [1,4) moves slot 0 to slot 1.
    run.end(0);
    expect(run.works.at(-1)!.moves).toEqual([
      { sequence: 0, index: 0, fromBlock: 0, toBlock: 1, tokens: 3 },
    ]);
  });
});

describe('off', () => {
  it('computes holes as dead rows until an edge reaches them', () => {
    const run = fused('off', [9, 2, 3, 4]);
    run.end(0);
    expect([run.works.at(-1)!.moves, run.works.at(-1)!.deadRows]).toEqual([[], 1]);
    run.end(0);
    expect(run.works.at(-1)!.deadRows).toBe(2);
    run.end(0);
    // Slot 3 ended: the edge falls back to slot 0.
    expect([run.works.at(-1)!.sequences, run.works.at(-1)!.deadRows]).toEqual([[0], 0]);
  });
});

describe('placement', () => {
  const place = (run: ScriptedRun) => run.works.at(-1)!.placements[0]!.block;

  it('takes a hole first, then the slot above, then the slot below', () => {
    const run = fused('off', [2, 9, 2, 9, 2]);
    run.end(0);
    // . 1 . 3 . : the window is [1,3].
    run.arrive(5, 1, 9);
    run.end(0);
    expect(place(run)).toBe(2);
    run.arrive(6, 1, 9);
    run.end(0);
    expect(place(run)).toBe(4);
    run.arrive(7, 1, 9);
    run.end(0);
    expect(place(run)).toBe(0);
  });

  it('begins at slot 0 when nobody is in', () => {
    const run = fused('off', [2, 2]);
    run.end(0);
    run.arrive(2, 1, 1);
    expect(place(run)).toBe(0);
  });

  it('does not hand out a slot that another lane still moves away from', () => {
    const run = new ScriptedRun({
      maxSequences: 3,
      memory: { kind: 'contiguous', slots: 3, reordering: 'flover' },
    });
    for (const [id, tokens] of [9, 2, 9].entries()) {
      run.arrive(id, 1, tokens);
      run.end(1);
    }
    run.end(0);
    expect(run.end(0)[2]).toContain('move 2 block 2->1');
    // Slot 2 is free, but the decode lane reads it until work 5 has ended.
    expect(run.arrive(3, 4, 2)).toEqual([]);
    expect(run.end(0)).toContain('admit request 3 as sequence 3');
    expect(place(run)).toBe(2);
  });

  it('pins a sequence whose prompt is computed on another lane', () => {
    const run = new ScriptedRun({
      maxSequences: 3,
      memory: { kind: 'contiguous', slots: 3, reordering: 'flover' },
    });
    for (const [id, tokens] of [9, 2].entries()) {
      run.arrive(id, 1, tokens);
      run.end(1);
    }
    run.arrive(2, 8, 9);
    run.end(0);
    run.end(0);
    // 0 . 2, and 2 is being prefilled: 0 goes to the hole.
    expect(run.works.at(-1)!.moves).toEqual([
      { sequence: 0, index: 0, fromBlock: 0, toBlock: 1, tokens: 3 },
    ]);
  });
});

it('never moves what has ended and only waits for a row that was queued before', () => {
  const run = new ScriptedRun({
    policy: 'continuous-batching',
    memory: { kind: 'contiguous', slots: 4, reordering: 'flover' },
    planAhead: 1,
  });
  run.arrive(0, 1, 4);
  run.arrive(1, 1, 1);
  run.arrive(2, 1, 2, 'beams', 2);
  run.end(0);
  run.end(0);
  // Sequence 1 leaves a hole; the beams in the slots above it stop, with a row each in work 3.
  expect(run.end(0, 2).at(-1)).toBe(
    'launch work 4 on lane 0: move 0 block 0->1 3 tokens, decode 0[3,4)*',
  );
});
