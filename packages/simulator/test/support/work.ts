import { RowFlag, type Work } from '@flover/policy';

/** A work with one decode row for each given KV length. */
export function decodeWork(kvTokens: readonly number[], overrides: Partial<Work> = {}): Work {
  return {
    ...emptyWork,
    sequences: kvTokens.map((_, i) => i),
    from: kvTokens.map((tokens) => tokens - 1),
    to: kvTokens,
    flags: kvTokens.map(() => RowFlag.Decode | RowFlag.Samples),
    newTokens: kvTokens.length,
    decodeKvTokens: kvTokens.reduce((sum, tokens) => sum + tokens, 0),
    ...overrides,
  };
}

/** A work that computes the prompt tokens [from, to) of one sequence. */
export function prefillWork(from: number, to: number, overrides: Partial<Work> = {}): Work {
  return {
    ...emptyWork,
    sequences: [0],
    from: [from],
    to: [to],
    flags: [RowFlag.Samples],
    newTokens: to - from,
    ...overrides,
  };
}

/** Rows of both works in one. */
export function mixedWork(decode: Work, prefill: Work): Work {
  return {
    ...decode,
    sequences: [...decode.sequences, ...prefill.sequences.map((s) => s + decode.sequences.length)],
    from: [...decode.from, ...prefill.from],
    to: [...decode.to, ...prefill.to],
    flags: [...decode.flags, ...prefill.flags],
    newTokens: decode.newTokens + prefill.newTokens,
  };
}

const emptyWork: Work = {
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
};
