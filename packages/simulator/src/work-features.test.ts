import { expect, test } from 'vitest';
import { decodeWork, mixedWork, prefillWork } from '../test/support/work.ts';
import { FeatureReader, featuresOf } from './work-features.ts';

test('a mixed work is counted row by row', () => {
  const work = { ...mixedWork(decodeWork([100, 7]), prefillWork(512, 1024)), deadRows: 3 };
  expect(featuresOf(work)).toEqual({
    decodeRows: 5,
    decodeKvTokens: 107,
    prefillRows: 1,
    prefillTokens: 512,
    prefillPairs: (1024 ** 2 - 512 ** 2) / 2,
    prefillKvTokens: 512,
    prefillSampledRows: 1,
    movedTokens: 0,
    moves: 0,
    swappedTokens: 0,
  });
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
