import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWork, mixedWork, prefillWork } from '../test/support/work.ts';
import { FeatureReader, featuresOf, PASS_TOKENS, type Pass } from './work-features.ts';

test('a mixed work is counted row by row', () => {
  const work = { ...mixedWork(decodeWork([100, 7]), prefillWork(512, 1024)), deadRows: 3 };
  expect(featuresOf(work)).toEqual({
    decodeRows: 5,
    decodeKvTokens: 107,
    prefillRows: 1,
    prefillTokens: 512,
    prefillPairs: (1024 ** 2 - 512 ** 2) / 2,
    prefillKvTokens: 512,
    passes: [
      { tokens: 512, promptTokens: 507, reachTokens: 1019 },
      { tokens: 5, promptTokens: 5, reachTokens: 1024 },
    ],
    prefillSampledRows: 1,
    movedTokens: 0,
    moves: 0,
    swappedTokens: 0,
  });
});

test('passes are full but for the last, share rows in order, and reach as far as their furthest', () => {
  const tokens = fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 1500 }));
  fc.assert(
    fc.property(fc.nat(64), fc.array(tokens, { minLength: 1, maxLength: 5 }), (rows, prompts) => {
      const works = prompts.map(([from, more]) => prefillWork(from, from + more));
      const together = works.reduce(mixedWork, decodeWork(new Array(rows).fill(9)));
      const { passes, prefillTokens } = featuresOf(together);
      const sum = (of: (pass: Pass) => number) => passes.reduce((all, pass) => all + of(pass), 0);
      expect(sum((pass) => pass.tokens)).toBe(rows + prefillTokens);
      expect(sum((pass) => pass.promptTokens)).toBe(prefillTokens);
      for (const { tokens } of passes.slice(0, -1)) expect(tokens).toBe(PASS_TOKENS);
      expect(passes.at(-1)?.tokens).toBeGreaterThan(0);
      const furthest = Math.max(...prompts.map(([from, more]) => from + more));
      expect(Math.max(...passes.map((pass) => pass.reachTokens))).toBe(furthest);
    }),
  );
});

test('what an earlier work left in the record is gone, and shared flags are read once', () => {
  const reader = new FeatureReader();
  const first = decodeWork([5, 6]);
  const second = { ...decodeWork([6, 7]), flags: first.flags };
  for (const work of [first, prefillWork(0, 9), first, second, prefillWork(3, 4), second]) {
    expect(reader.read(work)).toEqual(featuresOf(work));
  }
});

test('copies are counted by what they copy', () => {
  const work = decodeWork([5], {
    moves: [{ sequence: 0, index: 0, fromBlock: 3, toBlock: 1, tokens: 40 }],
    forks: [{ from: 0, to: 1, tokens: 2 }],
    swaps: [{ sequence: 2, direction: 'out', tokens: 9, blocks: [4] }],
  });
  const features = featuresOf(work);
  expect([features.moves, features.movedTokens, features.swappedTokens]).toEqual([2, 42, 9]);
});
