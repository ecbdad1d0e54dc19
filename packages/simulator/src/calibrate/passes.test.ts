import type { Work } from '@flover/policy';
import { expect, test } from 'vitest';
import { decodeWork, mixedWork, prefillWork } from '../../test/support/work.ts';
import { calibrate } from '../calibrate.ts';
import { ProfileCostModel } from '../cost-models/profile.ts';
import { featuresOf, PASS_TOKENS } from '../work-features.ts';
import type { MeasuredWork } from './recorder.ts';

const MICROSECOND = 1000;
const subject = {
  device: 'd',
  model: 'm',
  dataType: 'f16',
  worldSize: 1,
  runs: ['all'],
  kvBytesPerToken: 100,
};
/** An engine that reads weights in 10 ms, computes a token in 40 us and gets a fifth slower, at most. */
const CONSTANT_NANOS = 60_000 * MICROSECOND;
const READ_NANOS = 10_000 * MICROSECOND;

function coolNanos(work: Work): number {
  const { decodeRows, decodeKvTokens, passes } = featuresOf(work);
  const attention = 0.2 * MICROSECOND * decodeKvTokens;
  if (passes.length === 0) return READ_NANOS + 30 * MICROSECOND * decodeRows + attention;
  const sum = passes.reduce(
    (all, { tokens, reachTokens }) =>
      all + READ_NANOS + 40 * MICROSECOND * tokens + 2 * MICROSECOND * reachTokens,
    0,
  );
  return sum + 15 * MICROSECOND * decodeRows + attention;
}

/** Works one after the other, with pauses now and then; warmth in steps of a millisecond. */
function measured(works: readonly Work[], hottest: number, decodeSlowdown = 0): MeasuredWork[] {
  let timeNanos = 0;
  let warmth = 0;
  const pass = (nanos: number, heat: number) => {
    let area = 0;
    for (let left = nanos; left > 0; left -= 1e6) {
      const step = Math.min(left, 1e6);
      area += warmth * step;
      warmth += (heat - warmth) * (1 - Math.exp(-step / CONSTANT_NANOS));
    }
    timeNanos += nanos;
    return area / nanos;
  };
  return works.map((shape, id) => {
    pass(id % 7 === 0 ? 400e6 : 20 * MICROSECOND, 0);
    const cool = coolNanos(shape);
    const { passes } = featuresOf(shape);
    const heat = passes.length === 0 ? 0 : 1 - (passes.length * READ_NANOS) / cool;
    const startNanos = timeNanos;
    const mean = pass(cool, heat);
    const slowdown = passes.length === 0 ? decodeSlowdown : hottest * heat;
    pass(cool * slowdown * mean + 1, heat);
    const measure = {
      kind: 'measure' as const,
      work: id,
      lane: 0,
      startNanos: Math.round(startNanos),
      endNanos: Math.round(timeNanos),
      planNanos: 4000,
      launchNanos: 6000,
      movedBytes: 0,
      moveNanos: 0,
      kvReservedBytes: 0,
      kvUsedBytes: 0,
    };
    return { work: { ...shape, id }, measure, decidedNanos: measure.startNanos, run: 'all' };
  });
}

const decodes = [1, 4, 8, 16].flatMap((rows) =>
  [16, 600, 1200].flatMap((kv) =>
    Array.from({ length: 12 }, () => decodeWork(new Array(rows).fill(kv))),
  ),
);
const whole = [1, 64, 128, 129, 256, 384, 512, 900, 1500].flatMap((tokens) =>
  Array.from({ length: 4 }, () => prefillWork(0, tokens)),
);
const chunks = [100, 250, 380, 500].flatMap((tokens) =>
  [0, 1, 2, 3, 4, 5].flatMap((before) => {
    const chunk = prefillWork(before * tokens, (before + 1) * tokens);
    return [2, 6, 12].map((rows) => mixedWork(decodeWork(new Array(rows).fill(90 * rows)), chunk));
  }),
);

test('chunks of long prompts tell of passes, and works after prompts of a device that gets warm', () => {
  const hottest = 0.2;
  const profile = calibrate([measured([...whole, ...decodes, ...chunks], hottest)], subject);
  expect(profile.warmth?.prefillSlowdown).toBeGreaterThan(0.7 * hottest);
  expect(profile.warmth?.prefillSlowdown).toBeLessThan(1.4 * hottest);
  const model = new ProfileCostModel(profile);
  const unseen = [
    prefillWork(0, 450),
    prefillWork(1000, 1300),
    mixedWork(decodeWork([700, 900, 40]), prefillWork(1500, 1900)),
    mixedWork(decodeWork(new Array(9).fill(500)), prefillWork(300, 420)),
  ];
  for (const work of unseen) {
    const ratio = model.costOf(work).soloNanos / coolNanos(work);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  }
  for (const values of [profile.prefill.nanos, profile.prefill.reach?.nanosPerToken ?? []]) {
    expect([...values].sort((a, b) => a - b)).toEqual(values);
  }
});

test('a device that never gets warm is fitted as such', () => {
  const profile = calibrate([measured([...whole, ...decodes, ...chunks], 0)], subject);
  expect(profile.warmth?.prefillSlowdown).toBeLessThan(0.01);
  expect(profile.residuals.mixed.p95Percent).toBeLessThan(0.5);
});

test('what a warm device adds to decode is fitted, and nothing where it adds nothing', () => {
  const between = whole.flatMap((prompt, i) => [prompt, ...decodes.slice(4 * i, 4 * i + 4)]);
  const works = [...between, ...decodes, ...chunks];
  const slowed = calibrate([measured(works, 0.2, 0.3)], subject);
  expect(slowed.warmth?.decodeSlowdown).toBeGreaterThan(0.2);
  expect(slowed.warmth?.decodeSlowdown).toBeLessThan(0.4);
  const even = calibrate([measured(works, 0.2)], subject);
  expect(even.warmth?.decodeSlowdown).toBeLessThan(0.01);
});

test('without chunks behind a whole pass nothing is said of passes, nor of warmth', () => {
  const short = chunks.filter((work) => Math.max(...work.to) <= PASS_TOKENS);
  const profile = calibrate([measured([...whole, ...decodes, ...short], 0.2)], subject);
  expect(profile.prefill.reach).toBeUndefined();
  expect(profile.warmth).toBeUndefined();
});
