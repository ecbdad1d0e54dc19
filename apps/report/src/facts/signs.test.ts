import { builtInPolicies } from '@flover/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SIGN_COUNT, signAt } from '../marks/symbols.ts';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { tinySite } from '../testing/tiny-data.ts';
import { tinySweep } from '../testing/tiny-site.ts';
import { BUILT_IN, signsAmong } from './signs.ts';

const groups = fc.array(fc.array(fc.stringMatching(/^[a-h]{1,2}$/), { maxLength: 9 }), {
  maxLength: 6,
});

test('every policy of the house has a sign of its own, in colour and in shape', () => {
  expect([...BUILT_IN].sort()).toEqual(builtInPolicies.map(({ name }) => name).sort());
  const signs = signsAmong([]);
  const seen = BUILT_IN.map((label) => signAt(signs(label)));
  expect(new Set(seen.map(({ colour }) => colour)).size).toBe(BUILT_IN.length);
  expect(new Set(seen.map(({ shape }) => shape)).size).toBe(BUILT_IN.length);
});

test('whoever stands beside it, a policy of the house keeps its sign', () => {
  fc.assert(
    fc.property(groups, (all) => {
      const signs = signsAmong([...all, BUILT_IN]);
      expect(BUILT_IN.map(signs)).toEqual(BUILT_IN.map(signsAmong([])));
    }),
  );
});

test('the order in which results are found changes no sign', () => {
  fc.assert(
    fc.property(groups, (all) => {
      const labels = [...new Set(all.flat())];
      const turned = all.map((group) => [...group].reverse()).reverse();
      expect(labels.map(signsAmong(turned))).toEqual(labels.map(signsAmong(all)));
    }),
  );
});

test('while there are signs left no two policies share one', () => {
  const labels = Array.from({ length: SIGN_COUNT - BUILT_IN.length }, (_, i) => `own-${i}`);
  const signs = signsAmong([labels]);
  expect(new Set([...labels, ...BUILT_IN].map(signs)).size).toBe(SIGN_COUNT);
});

test('beyond that those share one that never meet', () => {
  const many = Array.from({ length: SIGN_COUNT }, (_, i) => `own-${i}`);
  const few = ['temporal-fusion', 'x', 'y'];
  const signs = signsAmong([many, few]);
  expect(new Set(few.map(signs)).size).toBe(3);
});

test('up to seven policies that meet have seven colours', () => {
  const own = ['known', 'limit', 'pausing'];
  const beside = ['temporal-fusion', 'continuous-batching'];
  const signs = signsAmong([
    [...beside, ...own],
    ['limit', 'other'],
  ]);
  const colours = [...beside, ...own].map((label) => signAt(signs(label)).colour);
  expect(new Set(colours).size).toBe(5);
});

test('a label that is in no result is a mistake', () => {
  expect(() => signsAmong([])('nobody')).toThrow(/nobody has no sign/);
});

test('a policy has one sign in comparisons and sweeps, wherever it stands in them', () => {
  const { comparison } = tinyReport();
  const turned = { ...tinySweep(), labels: ['sequential', 'own', 'temporal-fusion'] };
  const { signs } = tinySite({ comparisons: [comparison], sweeps: [turned] });
  expect(['temporal-fusion', 'sequential', 'own'].map(signs)).toEqual([0, 6, 8]);
});

test('up to fourteen policies that meet differ in colour or in stem and dash', () => {
  const counts = fc.integer({ min: 1, max: 14 });
  fc.assert(
    fc.property(counts, fc.nat({ max: BUILT_IN.length }), (count, known) => {
      const beside = BUILT_IN.slice(0, Math.min(known, count));
      const own = Array.from({ length: count - beside.length }, (_, i) => `own-${i}`);
      const signs = signsAmong([[...beside, ...own]]);
      const seen = [...beside, ...own].map((label) => {
        const { colour, stemmed } = signAt(signs(label));
        return `${colour} ${stemmed}`;
      });
      expect(new Set(seen).size).toBe(count);
    }),
  );
});
