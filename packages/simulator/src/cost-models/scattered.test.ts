import type { Work } from '@flover/policy';
import { expect, test } from 'vitest';
import { profileWith } from '../../test/support/profile.ts';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { ProfileCostModel } from './profile.ts';
import { ScatteredCostModel } from './scattered.ts';

const decodes = Array.from({ length: 400 }, (_, id) => decodeWork([1], { id }));

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return (
    Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1)) / mean
  );
}

test('without scatter it is the profile', () => {
  const profile = profileWith({});
  const scattered = new ScatteredCostModel(profile, 1, 0);
  const fitted = new ProfileCostModel(profile);
  for (const work of [decodes[0], prefillWork(0, 7)]) {
    expect(scattered.costOf(work)).toMatchObject(fitted.costOf(work));
  }
  const factors = new Float64Array(2);
  scattered.slowdowns([scattered.costOf(decodes[0]), scattered.costOf(prefillWork(0, 7))], factors);
  expect([...factors]).toEqual([1.5, 1.5]);
  expect(scattered.noticeNanos).toBe(20);
});

test('what works have of their own scatters as widely as measured, and stays with the work', () => {
  const profile = profileWith({ decode: { runs: 9, betweenPercent: 0, withinPercent: 2 } });
  const model = new ScatteredCostModel(profile, 1, 0);
  const times = decodes.map((work) => model.costOf(work).soloNanos);
  expect(deviation(times)).toBeGreaterThan(0.017);
  expect(deviation(times)).toBeLessThan(0.023);
  expect(decodes.map((work) => model.costOf(work).soloNanos)).toEqual(times);
});

test.each([1, 3, 1000])('what %i runs have in common is drawn once a replication', (runs) => {
  const profile = profileWith({ decode: { runs, betweenPercent: 3, withinPercent: 0 } });
  const each = Array.from({ length: 400 }, (_, replication) => {
    const model = new ScatteredCostModel(profile, 1, replication);
    expect(model.costOf(decodes[0]).soloNanos).toBe(model.costOf(decodes[1]).soloNanos);
    return model.costOf(decodes[0]).soloNanos;
  });
  // Widened by what so few runs leave unknown of their mean; 400 draws know a deviation within 11 %.
  const widened = 0.03 * Math.sqrt(1 + 1 / runs);
  expect(Math.abs(deviation(each) / widened - 1)).toBeLessThan(0.11);
});

test('beside one of the other kind works scatter as such works did, beside several as those beside several did', () => {
  const profile = profileWith({ decodeCrowded: { runs: 9, betweenPercent: 0, withinPercent: 20 } });
  const model = new ScatteredCostModel(profile, 1, 0);
  const deviationBeside = (...others: readonly Work[]) =>
    deviation(
      decodes.map((decode) => {
        const factors = new Float64Array(1 + others.length);
        model.slowdowns(
          [decode, ...others].map((work) => model.costOf(work)),
          factors,
        );
        return factors[0];
      }),
    );
  const prefill = prefillWork(0, 7, { id: 1000 });
  expect(deviationBeside(prefill)).toBe(0);
  expect(deviationBeside(prefill, prefillWork(0, 7, { id: 1001 }))).toBeGreaterThan(0.15);
  expect(deviationBeside(decodeWork([1], { id: 1002 }))).toBeGreaterThan(0.05);
});

test('beside others a work scatters as measured in all, what it scatters alone included', () => {
  const of = (withinPercent: number) => ({ runs: 9, betweenPercent: 0, withinPercent });
  const prefill = prefillWork(0, 7, { id: 1000 });
  const besideNanos = (alone: number, beside: number) => {
    const profile = profileWith({ decode: of(alone), decodeBeside: of(beside) });
    const model = new ScatteredCostModel(profile, 1, 0);
    return decodes.map((decode) => {
      const factors = new Float64Array(2);
      const costs = [decode, prefill].map((work) => model.costOf(work));
      model.slowdowns(costs, factors);
      return costs[0].soloNanos * factors[0];
    });
  };
  expect(Math.abs(deviation(besideNanos(4, 5)) - 0.05)).toBeLessThan(0.005);
  expect(Math.abs(deviation(besideNanos(5, 4)) - 0.05)).toBeLessThan(0.005);
});

test('thirty-two works that take turns take thirty-two times as long, and no two take for ever', () => {
  const base = profileWith({}).interference;
  const factorsOf = (interference: typeof base, count: number) => {
    const model = new ScatteredCostModel(profileWith({}, { interference }), 1, 0);
    const factors = new Float64Array(count);
    model.slowdowns(
      decodes.slice(0, count).map((work) => model.costOf(work)),
      factors,
    );
    return [...factors];
  };
  const turns = factorsOf({ ...base, decodeByDecodeRatio: 1 }, 32);
  expect(turns).toEqual(new Array(32).fill(32));
  expect(factorsOf({ ...base, decodeByDecodeRatio: 1000 }, 2)).toEqual([20, 20]);
});
