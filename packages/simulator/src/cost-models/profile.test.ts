import type { Work } from '@flover/policy';
import { describe, expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { decodeWork, mixedWork, prefillWork } from '../../test/support/work.ts';
import { ProfileCostModel } from './profile.ts';

const KV_BYTES = 100;
const profile = profileWith(
  {},
  {
    kvBytesPerToken: KV_BYTES,
    decode: {
      knots: [1, 9],
      nanos: [1000, 1800],
      bends: [10, 30],
      nanosPerKvToken: [
        [1, 1],
        [2, 4],
        [10, 10],
      ],
    },
    prefill: { knots: [10, 20, 40], nanos: [500, 600, 1000], nanosPerPair: 0.5 },
    mixed: { nanos: 70, prefillFactor: 1.1, attentionFactor: 0.9, decodeFactor: 0.9 },
    moves: { nanos: 40, nanosPerUnit: 0.01 },
    swaps: { nanos: 900, nanosPerUnit: 0.2 },
    host: {
      plan: { nanos: 30, nanosPerUnit: 2 },
      launchDecode: { nanos: 300, nanosPerUnit: 3 },
      launchPrefill: { nanos: 400, nanosPerUnit: 5 },
      latencyDecodeNanos: 60,
      latencyPrefill: { nanos: 80, nanosPerUnit: 1000 },
      gapNanos: 11,
      noticeNanos: 13,
    },
  },
);
const model = new ProfileCostModel(profile);
const solo = (work: Work) => model.costOf(work).soloNanos;

describe('decode: a batch, and KV by how far its mean context reaches', () => {
  test.each([
    ['before the first bend', [8], 1000 + 8],
    ['between bends', [25], 1000 + 10 + 2 * 15],
    ['beyond the last', [50], 1000 + 10 + 2 * 20 + 10 * 20],
    ['five rows, half-way between batches', [25, 25, 25, 25, 25], 1400 + 50 + 3 * 75],
    ['by the mean of the contexts, not by each', [5, 45], 1100 + 20 + 2.25 * 30],
    ['beyond the widest batch the last segment goes on', new Array(17).fill(1), 2600 + 17],
  ])('%s', (_, contexts, nanos) => {
    expect(solo(decodeWork(contexts))).toBe(Math.round(nanos));
  });

  test('dead rows are computed', () => {
    expect(solo(decodeWork([8], { deadRows: 8 }))).toBe(1800 + 8);
  });
});

test.each([
  ['a knot', prefillWork(0, 20), 600 + 100],
  ['between knots', prefillWork(0, 30), 800 + 225],
  ['below the first the first segment goes on', prefillWork(0, 2), 420 + 1],
  ['a chunk looks at what is before it', prefillWork(20, 40), 600 + 0.5 * 600],
])('prefill: %s', (_, work, nanos) => {
  expect(solo(work)).toBe(nanos);
});

test('both in one work: the weighted parts, and never less than one of them alone', () => {
  const decode = decodeWork([25, 25, 25, 25, 25]);
  const together = mixedWork(decode, prefillWork(0, 15));
  // 20 tokens, and the pairs of 15.
  const prefill = 600 + 0.5 * 112.5;
  expect(solo(together)).toBe(Math.round(70 + 1.1 * prefill + 0.9 * 275 + 0.9 * 1400));
  const without = { nanos: 0, prefillFactor: 0, attentionFactor: 0, decodeFactor: 0 };
  const least = new ProfileCostModel({ ...profile, mixed: without });
  expect(least.costOf(together).soloNanos).toBe(1400 + 275);
  const longer = mixedWork(decode, prefillWork(0, 100));
  expect(least.costOf(longer).soloNanos).toBe(2200 + 2500);
});

test('moves and forks are one kind of copy, swaps another, by bytes', () => {
  const tokens = 50;
  const move = { sequence: 0, index: 0, fromBlock: 2, toBlock: 0, tokens };
  const fork = { from: 0, to: 1, tokens } as unknown as Work['forks'][number];
  const swap = { sequence: 0, tokens } as unknown as Work['swaps'][number];
  const copied = (overrides: Partial<Work>) => {
    const { soloNanos, moveNanos } = model.costOf(decodeWork([8], overrides));
    expect(soloNanos).toBe(1008 + moveNanos);
    return moveNanos;
  };
  const bytes = tokens * KV_BYTES;
  expect(copied({})).toBe(0);
  expect(copied({ moves: [move] })).toBe(40 + 0.01 * bytes);
  expect(copied({ moves: [move], forks: [fork] })).toBe(40 + 0.01 * 2 * bytes);
  expect(copied({ swaps: [swap] })).toBe(900 + 0.2 * bytes);
  expect(copied({ moves: [move], swaps: [swap] })).toBe(40 + 900 + 0.21 * bytes);
});

test('the host: planning by rows, calls by what they launch, later prompts of a work', () => {
  const { planNanos, launchNanos, latencyNanos, gapNanos } = model.costOf(decodeWork([8, 8, 8]));
  expect([planNanos, launchNanos, latencyNanos, gapNanos]).toEqual([36, 309, 60, 11]);
  const one = model.costOf(prefillWork(0, 20));
  expect([one.planNanos, one.launchNanos, one.latencyNanos]).toEqual([32, 500, 80]);
  const two = model.costOf(mixedWork(prefillWork(0, 20), prefillWork(0, 10)));
  expect([two.planNanos, two.launchNanos, two.latencyNanos]).toEqual([34, 550, 1080]);
  expect(model.noticeNanos).toBe(13);
});

test('dead rows are not planned', () => {
  expect(model.costOf(decodeWork([8], { deadRows: 8 })).planNanos).toBe(32);
});
