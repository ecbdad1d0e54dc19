import { describe, expect, it } from 'vitest';
import { RowFlag, type Work } from '../actions.ts';
import type { RequestView } from '../request.ts';
import { CellAccess } from './kv-access.ts';
import { KvModel } from './kv-model.ts';

const request: RequestView = {
  id: 0,
  arrivalNanos: 0,
  promptTokens: 3,
  maxOutputTokens: 4,
  group: 'samples',
  width: 2,
};

function work(parts: Partial<Work>): Work {
  return {
    id: 0,
    lane: 0,
    sequences: [],
    from: [],
    to: [],
    flags: [],
    deadRows: 0,
    swaps: [],
    moves: [],
    placements: [],
    forks: [],
    newTokens: 0,
    decodeKvTokens: 0,
    ...parts,
  };
}

const place = (sequence: number, index: number, block: number) => ({ sequence, index, block });
const prefill = { sequences: [0], from: [0], to: [3], flags: [RowFlag.Samples as number] };
const prompt = work({ ...prefill, placements: [place(0, 0, 0), place(0, 1, 1)] });

const config = {
  policy: { name: 'none', parameters: {} },
  memory: { kind: 'paged' as const, blocks: 4, blockTokens: 2, hostBlocks: 1 },
  maxSequences: 4,
  maxSequenceTokens: 8,
  planAhead: 0 as const,
};

function after(...works: Work[]): string[] {
  const complaints: string[] = [];
  const model = new KvModel(config, (law, message) => complaints.push(`${law}: ${message}`));
  model.admit(0, request);
  for (const each of works) model.run(each, new CellAccess());
  return complaints;
}

describe('an executor model of KV memory', () => {
  it('is content with a prompt, a fork and a decode', () => {
    const placements = [place(1, 0, 2), place(1, 1, 3)];
    const forks = [{ from: 0, to: 1, tokens: 3 }];
    const decode = { sequences: [0, 1], from: [3, 3], to: [4, 4], flags: [3, 3] };
    expect(after(prompt, work({ placements, forks, ...decode }))).toEqual([]);
  });

  it('notices a row that reads what was never written', () => {
    const row = { sequences: [0], from: [3], to: [4], flags: [3] };
    const placements = [place(0, 0, 0), place(0, 1, 1)];
    expect(after(work({ ...row, placements }))[0]).toMatch(
      /kv-integrity: .* token 0 of block 0: nothing was ever written/,
    );
  });

  it('notices a fork that is too short, and a fork of generated tokens', () => {
    const placements = [place(1, 0, 2), place(1, 1, 3)];
    const decode = { sequences: [1], from: [3], to: [4], flags: [3] };
    const short = work({ placements, forks: [{ from: 0, to: 1, tokens: 2 }], ...decode });
    expect(after(prompt, short)[0]).toMatch(/reads the KV of token 2 .* nothing was ever written/);
  });

  it('notices a placement in a live block and one that does not exist', () => {
    expect(after(prompt, work({ placements: [place(1, 0, 1)] }))[0]).toMatch(
      /exclusive-slots: .* sequence 0 lives in block 1/,
    );
    expect(after(work({ placements: [place(0, 0, 9)] }))[0]).toMatch(/capacity: .* only 4 blocks/);
  });

  it('notices a move over a live block and a move that leaves KV behind', () => {
    const over = [{ sequence: 0, index: 1, fromBlock: 1, toBlock: 0, tokens: 1 }];
    expect(after(prompt, work({ moves: over }))[0]).toMatch(/exclusive-slots/);
    const part = [{ sequence: 0, index: 0, fromBlock: 0, toBlock: 3, tokens: 1 }];
    const decode = { sequences: [0], from: [3], to: [4], flags: [3] };
    expect(after(prompt, work({ moves: part, ...decode }))[0]).toMatch(/kv-integrity: .* token 1 /);
  });

  it('carries KV to the host and back, and counts the host blocks', () => {
    const out = { sequence: 0, direction: 'out' as const, tokens: 3, blocks: [0, 1] };
    const back = { sequence: 0, direction: 'in' as const, tokens: 3, blocks: [2, 3] };
    const placements = [place(0, 0, 2), place(0, 1, 3)];
    const decode = { sequences: [0], from: [3], to: [4], flags: [3] };
    const complaints = after(
      prompt,
      work({ swaps: [out] }),
      work({ swaps: [back], placements, ...decode }),
    );
    expect(complaints).toEqual([
      'capacity: work 0 swap out of sequence 0: 2 host blocks in use, there are 1',
    ]);
  });

  it('tells works that go to the host and come from it at the same time', () => {
    const swap = { sequence: 0, tokens: 3, blocks: [0, 1] };
    const [leaves, returns] = [new CellAccess(), new CellAccess()];
    const memory = { kind: 'paged' as const, blocks: 4, blockTokens: 2, hostBlocks: 2 };
    const model = new KvModel({ ...config, memory }, () => {});
    model.admit(0, request);
    model.run(prompt, new CellAccess());
    model.run(work({ swaps: [{ ...swap, direction: 'out' }] }), leaves);
    const placements = [place(0, 0, 2), place(0, 1, 3)];
    model.run(work({ swaps: [{ ...swap, direction: 'in', blocks: [2, 3] }], placements }), returns);
    expect(model.describe(returns.clash(leaves)!)).toBe("the host's KV of sequence 0");
  });
});
