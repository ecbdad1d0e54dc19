import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { ProfileCostModel } from './profile.ts';
import {
  aloneShareOf,
  attentionShareOf,
  excessOf,
  nobodyBeside,
  partOf,
  slowdownOf,
} from './slowdown.ts';

const interference = {
  ...profileWith({}, {}).interference,
  decodeByDecodeRatio: 0.5,
  prefillByPrefillRatio: 2,
  decodeByPrefillsExponent: 1,
  prefillByDecodesExponent: 0,
};

const oneOfOne = { sharers: 1, computeShare: 0.5 };

/** Of older profiles, where parts do not count. */
function olderSlowdown(
  of: typeof interference,
  prefills: boolean,
  turns: number,
  excess: number,
  others: number,
): number {
  const beside = { lanes: Math.ceil(turns), turns, excess, others, parts: 1 + others };
  return slowdownOf(of, prefills, beside, oneOfOne);
}

test.each([
  ['nothing', false, 0, 0, 0, 1],
  ['one of the other kind', false, 0, 0.4, 1, 1.4],
  ['three of its own kind, each as long as it', false, 3, 0, 0, 2.5],
  ['several that add up', false, 0, 1.2, 3, 2.2],
  ['several that add no more than one', true, 0, 1.2, 3, 1.4],
  ['both kinds: turns within the part that the others leave', true, 1, 1.2, 3, 3 * 1.4],
] as const)('beside %s', (_, prefills, turns, excess, others, expected) => {
  expect(olderSlowdown(interference, prefills, turns, excess, others)).toBeCloseTo(expected, 12);
});

const summed = {
  ...interference,
  decodeCrowd: 'sum' as const,
  decodeByDecodeRatio: 0.9,
  decodeByPrefillsExponent: 0.5,
};

test.each([
  ['nothing', 0, 0, 0, 1],
  ['a decode so short that it fits into what this one leaves idle', 0.1, 0, 0, 1],
  ['one as long as it', 1, 0, 0, 1.8],
  ['seven as long as it', 7, 0, 0, 7.2],
  ['a prompt', 0, 0.4, 1, 1.4],
  ['seven and a prompt, which counts once', 7, 0.4, 1, 7.6],
  ['seven and four prompts', 7, 1.6, 4, 8],
] as const)(
  'decode of a profile that says sum, beside %s',
  (_, turns, excess, others, expected) => {
    expect(olderSlowdown(summed, false, turns, excess, others)).toBeCloseTo(expected, 12);
    const { decodeCrowd: _sum, ...product } = summed;
    expect(olderSlowdown(summed, true, turns, excess, others)).toBe(
      olderSlowdown(product, true, turns, excess, others),
    );
  },
);

test('more company never makes decode quicker, nor lanes more than the device can do', () => {
  const at = fc.double({ min: 0, max: 30, noNaN: true });
  const ratio = fc.double({ min: 0, max: 4, noNaN: true });
  fc.assert(
    fc.property(
      ratio,
      at,
      at,
      at,
      fc.nat(8),
      (decodeByDecodeRatio, turns, more, excess, others) => {
        const tried = { ...summed, decodeByDecodeRatio };
        const slowdown = olderSlowdown(tried, false, turns, excess, others);
        expect(slowdown).toBeGreaterThanOrEqual(1);
        expect(olderSlowdown(tried, false, turns + more, excess, others)).toBeGreaterThanOrEqual(
          slowdown,
        );
        expect(olderSlowdown(tried, false, turns, excess + more, others)).toBeGreaterThanOrEqual(
          slowdown,
        );
        // Lanes as long as each other do at most as much as one that never leaves the device idle.
        const lanes = Math.round(turns) + 1;
        const each = olderSlowdown(tried, false, lanes - 1, 0, 0);
        expect((lanes / each) * Math.min(1, decodeByDecodeRatio)).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
  );
});

const { prefillByPrefillRatio: _older, ...newer } = summed;
const sharing = {
  ...newer,
  decodeByDecodeRatio: 1,
  decodeByPrefillsExponent: 2,
  prefillByDecodesExponent: 0,
  sharing: {
    leastExponent: 0.5,
    exponentPerShare: 1,
    overcommitRatio: 1,
    roomExponent: 1,
    decodeLanesExponent: 0.5,
  },
};

test.each([
  ['alone in what prompts have, it has all of it', 1, 0.5, 1, 0, 0, 1],
  ['one of four keeps a quarter when the others have left', 4, 0.5, 0.25, 0, 0, 4],
  ['one of four that only reads the weights loses half of that', 4, 0, 0.25, 0, 0, 2],
  ['given alone, beside one of two: half a part too much', 0, 0.5, 1.5, 0, 0, 1.5],
  ['beside decode', 1, 0.5, 1, 1, 0.4, 1.4],
  ['beside three lanes that decode, of which the exponent makes one', 1, 0.5, 1, 3, 1.2, 1.4],
  ['one of two beside decode, which takes the other half', 2, 0.5, 0.5, 1, 0.4, 2 * 1.8],
] as const)('a prompt: %s', (_, sharers, computeShare, parts, others, excess, expected) => {
  const beside = { lanes: 0, turns: 0, others, excess, parts };
  expect(slowdownOf(sharing, true, beside, { sharers, computeShare })).toBeCloseTo(expected, 12);
});

test.each([
  ['one prompt with all of its share', 0, 1, 0.4, 1.4],
  ['a prompt that was one of two: a quarter', 0, 0.5, 0.5 * 0.4, 1.1],
  ['two prompts with twice their share', 0, 2, 2 * 0.4, 2.6],
  ['three others that decode and a prompt', 3, 1, 0.4, 4 + 2 * 0.4],
] as const)('decode beside %s', (_, lanes, others, excess, expected) => {
  const beside = { lanes, turns: lanes, others, excess, parts: others };
  expect(slowdownOf(sharing, false, beside, oneOfOne)).toBeCloseTo(expected, 12);
});

test('among lanes nothing is quicker than with less company or a larger part', () => {
  const at = fc.double({ min: 0, max: 4, noNaN: true });
  const sharers = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(sharers, sharers, at, at, at, fc.nat(7), (one, more, share, parts, loss, lanes) => {
      const prompt = (n: number, others: number) => {
        const beside = {
          ...nobodyBeside(partOf(sharing, n) + parts),
          others,
          excess: others * loss,
        };
        return slowdownOf(sharing, true, beside, { sharers: n, computeShare: share / 4 });
      };
      expect(prompt(one, 0)).toBeGreaterThanOrEqual(1);
      expect(prompt(one, 1)).toBeGreaterThanOrEqual(prompt(one, 0));
      const decode = (others: number, company: number) => {
        const beside = {
          lanes: company,
          turns: company,
          others,
          excess: others * loss,
          parts: others,
        };
        return slowdownOf(sharing, false, beside, oneOfOne);
      };
      expect(decode(parts, lanes)).toBeGreaterThanOrEqual(1);
      expect(decode(parts + 1 / more, lanes)).toBeGreaterThanOrEqual(decode(parts, lanes) - 1e-9);
      expect(decode(parts, lanes + 1)).toBeGreaterThanOrEqual(decode(parts, lanes) - 1e-9);
    }),
  );
});

test('parts are those of a whole, and of older profiles each work is one', () => {
  expect([0, 1, 2, 4].map((sharers) => partOf(sharing, sharers))).toEqual([1, 1, 0.5, 0.25]);
  expect([0, 1, 2, 4].map((sharers) => partOf(interference, sharers))).toEqual([1, 1, 1, 1]);
});

const world = {
  ...interference,
  prefillNanos: [10, 20],
  decodeRows: [8],
  prefillByDecode: [[0.4], [0.8]],
  prefillByDecodeAttention: [[1], [2]],
  decodeByPrefill: [[0.1], [0.3]],
  decodeAttentionByPrefill: [[0.5], [0.5]],
  givenAlone: { passNanos: 50, leastNanos: 10, prefillRelief: 0.5, decodeBurden: 2 },
};
const half = { left: 0, share: 0.5 };
const rows = { left: 0, share: 0 };

test.each([
  ['a prompt, no attention', true, 0, 0, 0.6],
  ['a prompt, a quarter attention', true, 0.25, 0, 0.75 * 0.6 + 0.25 * 1.5],
  ['decode, a quarter attention', false, 0.25, 0, 0.75 * 0.2 + 0.25 * 0.5],
  ['a prompt that was given alone for half its time', true, 0, 0.5, 0.6 * 0.75],
  ['decode beside such', false, 0, 0.5, 0.2 * 2],
] as const)('what is lost by %s', (_, toPrefill, attention, alone, expected) => {
  expect(excessOf(world, toPrefill, half, rows, attention, alone)).toBeCloseTo(expected, 12);
});

test.each([
  [5, 0],
  [10, 0],
  [20, 0.5],
  [50, 0.8],
  [100, 0.4],
])('a prompt of %d ns has the device alone for a share of %d', (nanos, share) => {
  expect(aloneShareOf(world.givenAlone, nanos)).toBeCloseTo(share, 12);
});

test.each([
  ['a part', 25, 100, 0.25],
  ['all, since the constant is below 0', 150, 100, 1],
  ['all of nothing', 5, 0, 1],
  ['none', 0, 0, 0],
])('attention takes %s', (_, attention, alone, share) => {
  expect(attentionShareOf(attention, alone)).toBe(share);
});

test('a fit to noise slows nothing down by less than 1', () => {
  const profile = profileWith({}, {});
  const model = new ProfileCostModel({
    ...profile,
    decode: { knots: [1, 8], nanos: [1000, -900], bends: [], nanosPerKvToken: [[10, 10]] },
    interference: { ...world, prefillByDecode: [[4], [4]], prefillByDecodeAttention: [[0], [0]] },
  });
  // Attention takes 1040 ns of 140: the constant is -900.
  const costs = [model.costOf(prefillWork(0, 8)), model.costOf(decodeWork(new Array(8).fill(13)))];
  const factors = new Float64Array(2);
  model.slowdowns(costs, factors);
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(1);
});
