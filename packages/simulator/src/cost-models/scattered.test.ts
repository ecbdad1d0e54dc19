import { expect, test } from 'vitest';
import { decodeWork, prefillWork } from '../../test/support/work.ts';
import { type Residuals, residualsOf } from '../fit/residuals.ts';
import { ProfileCostModel } from './profile.ts';
import { type Profile, type Scatter, type ScatterKey, scatterKeys } from './profile-file.ts';
import { ScatteredCostModel } from './scattered.ts';

const none: Residuals = residualsOf([], []);

/** A decode iteration of 1 ms and a prefill of 2 ms that slow each other down by half. */
function profileWith(scatter: Partial<Record<ScatterKey, Scatter>>): Profile {
  const still = { runs: 9, betweenPercent: 0, withinPercent: 0 };
  const line = { nanos: 5000, nanosPerUnit: 0 };
  return {
    format: 'flover-profile',
    version: 2,
    device: 'd',
    model: 'm',
    dataType: 'f32',
    worldSize: 1,
    runs: [],
    kvBytesPerToken: 1,
    decode: {
      knots: [1],
      nanos: [1e6],
      nanosPerKvToken: [0],
      bend: { contextTokens: 1, nanosPerKvToken: 0 },
    },
    prefill: { knots: [1], nanos: [2e6], nanosPerPair: 0 },
    mixed: { nanos: 0, prefillFactor: 1, attentionFactor: 1, decodeFactor: 1 },
    moves: line,
    swaps: line,
    host: {
      plan: line,
      launchDecode: line,
      launchPrefill: line,
      latencyDecodeNanos: 100,
      latencyPrefillNanos: 200,
      gapNanos: 10,
      noticeNanos: 20,
    },
    interference: {
      knots: [1],
      decodeByPrefill: [0.5],
      decodeByPrefillRatio: 0,
      prefillByDecode: [0.5],
      prefillByDecodeRatio: 0,
      decodeByDecodeRatio: 0,
      prefillByPrefillRatio: 0,
    },
    residuals: {
      decode: none,
      prefill: none,
      mixed: none,
      moves: none,
      decodeBeside: none,
      prefillBeside: none,
    },
    scatter: Object.fromEntries(
      scatterKeys.map((key) => [key, scatter[key] ?? still]),
    ) as Profile['scatter'],
  };
}

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

test('what runs have in common is drawn once a replication', () => {
  const profile = profileWith({ decode: { runs: 9, betweenPercent: 3, withinPercent: 0 } });
  const each = Array.from({ length: 400 }, (_, replication) => {
    const model = new ScatteredCostModel(profile, 1, replication);
    expect(model.costOf(decodes[0]).soloNanos).toBe(model.costOf(decodes[1]).soloNanos);
    return model.costOf(decodes[0]).soloNanos;
  });
  // Widened by what nine runs leave unknown of their mean.
  expect(deviation(each) / (0.03 * Math.sqrt(10 / 9))).toBeCloseTo(1, 0);
  expect(deviation(each)).toBeGreaterThan(0.027);
});
