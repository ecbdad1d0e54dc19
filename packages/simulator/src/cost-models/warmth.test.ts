import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { decodeWork, mixedWork, prefillWork } from '../../test/support/work.ts';
import { ProfileCostModel } from './profile.ts';
import { Warmth } from './warmth.ts';

const MILLISECOND = 1e6;
const profile = profileWith(
  {},
  {
    prefill: {
      knots: [1, 512],
      nanos: [10 * MILLISECOND, 30 * MILLISECOND],
      nanosPerPair: 0,
      reach: { knots: [1, 512], nanosPerToken: [1000, 2000] },
    },
    mixed: { nanos: 0, prefillFactor: 1, attentionFactor: 1, decodeFactor: 0, nanosPerRow: 5000 },
    warmth: { constantNanos: 30 * MILLISECOND, prefillSlowdown: 0.3, decodeSlowdown: 0.04 },
  },
);

test('warmth goes towards the hardest work that runs, and towards 0 where none does', () => {
  const warmth = new Warmth(100);
  warmth.begin(0.6, 0);
  warmth.begin(0.2, 50);
  expect(warmth.meanOver(1e9, 0.2)).toBeCloseTo(0.6, 5);
  warmth.end(0.6, 100_000);
  expect(warmth.meanOver(1e-3, 0)).toBeCloseTo(0.6, 5);
  expect(warmth.meanOver(1e9, 0)).toBeCloseTo(0.2, 5);
  warmth.end(0.2, 100_000);
  warmth.begin(0, 100_100);
  expect(warmth.meanOver(1e-3, 0)).toBeCloseTo(0.6 / Math.E, 5);
});

test('what a mean was expected to be is what the integral says afterwards', () => {
  const heats = fc.double({ min: 0, max: 1, noNaN: true });
  const works = fc.array(fc.tuple(heats, fc.integer({ min: 1, max: 500 }), fc.nat(300)));
  fc.assert(
    fc.property(works, (list) => {
      const warmth = new Warmth(100);
      let at = 0;
      for (const [heat, nanos, pause] of list) {
        at += pause;
        const before = warmth.areaAt(at);
        warmth.begin(heat, at);
        const expected = warmth.meanOver(nanos, heat);
        at += nanos;
        warmth.end(heat, at);
        expect((warmth.areaAt(at) - before) / nanos).toBeCloseTo(expected, 9);
        expect(expected).toBeGreaterThanOrEqual(0);
        expect(expected).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('where only prompts that were given alone get slower, others are as on a cool device', () => {
  const { warmth, interference } = profile;
  const model = new ProfileCostModel({
    ...profile,
    warmth: { ...warmth!, prompts: 'given-alone' },
    interference: { ...interference, prefillByDecode: [[0.8]] },
  });
  const [prompt, decode] = [prefillWork(0, 512), decodeWork([9])].map((work) => model.costOf(work));
  const state = model.freshState()!;
  const warm = () => {
    state.begin(prompt, 0, 0);
    state.end(prompt, 1e9);
  };
  warm();
  expect(state.begin(prompt, 1e9, 1)).toBe(prompt.soloNanos);
  expect(state.begin(decode, 1e9, 1)).toBeGreaterThan(decode.soloNanos);
  expect(state.begin(prompt, 1e9, 0)).toBeGreaterThan(1.05 * prompt.soloNanos);
  // With company it is as slow as one that was given in company, on a device that prompts keep warm.
  const factors = new Float64Array(2);
  model.slowdowns([prompt, decode], factors, [0, 1]);
  const hot = 1 + 0.3 * (1 - 10.001 / 31.024) ** 2;
  expect(factors[0] * hot).toBeCloseTo(1.8, 9);
  model.slowdowns([prompt, decode], factors, [1, 1]);
  expect(factors[0]).toBeCloseTo(1.8, 12);
});

test('a prompt after prompts takes longer, decode after them a little, and after a pause neither', () => {
  const model = new ProfileCostModel(profile);
  const [prompt, decode] = [prefillWork(0, 512), decodeWork([9])].map((work) => model.costOf(work));
  const state = model.freshState();
  let at = 0;
  const run = (cost: typeof prompt) => {
    const nanos = state?.begin(cost, at) ?? 0;
    at += nanos;
    state?.end(cost, at);
    return nanos / cost.soloNanos;
  };
  const first = run(prompt);
  expect(first).toBeGreaterThan(1);
  let last = first;
  for (let i = 0; i < 9; i++) last = run(prompt);
  // 30 ms and 512 tokens of 2 us; a pass of a token takes 10 ms and one of these.
  const heat = 1 - 10.001 / 31.024;
  expect(last).toBeCloseTo(1 + 0.3 * heat * heat, 3);
  expect(run(decode)).toBeCloseTo(1 + 0.04 * heat, 2);
  at += 1e9;
  expect(run(decode)).toBe(1);
  expect(run(prompt)).toBeCloseTo(first, 6);
});

test('a profile without warmth keeps no state', () => {
  const { warmth: _, ...cold } = profile;
  expect(new ProfileCostModel(cold).freshState()).toBeUndefined();
});

test('more tokens, of a work or before it, never take less time', () => {
  const model = new ProfileCostModel(profile);
  const row = fc.record({ from: fc.nat(4000), tokens: fc.integer({ min: 1, max: 2000 }) });
  const contexts = fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 20 });
  fc.assert(
    fc.property(row, contexts, fc.nat(500), fc.nat(500), (one, kv, more, before) => {
      const nanos = (from: number, tokens: number) => {
        const prompt = prefillWork(from, from + tokens);
        return model.costOf(kv.length > 0 ? mixedWork(decodeWork(kv), prompt) : prompt).soloNanos;
      };
      const least = nanos(one.from, one.tokens);
      expect(least).toBeGreaterThan(0);
      expect(nanos(one.from, one.tokens + more)).toBeGreaterThanOrEqual(least);
      expect(nanos(one.from + before, one.tokens)).toBeGreaterThanOrEqual(least);
    }),
  );
});
