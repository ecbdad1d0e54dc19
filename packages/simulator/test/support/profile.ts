import {
  type Profile,
  type Scatter,
  type ScatterKey,
  scatterKeys,
} from '../../src/cost-models/profile-file.ts';
import { type Residuals, residualsOf } from '../../src/fit/residuals.ts';

const none: Residuals = residualsOf([], []);

/**
 * A decode iteration of 1 ms and a prefill of 2 ms that slow each other down by half, but for what is
 * given; what is not given does not scatter.
 */
export function profileWith(
  scatter: Partial<Record<ScatterKey, Scatter>>,
  overrides: Partial<Profile> = {},
): Profile {
  const still = { runs: 9, betweenPercent: 0, withinPercent: 0 };
  const line = { nanos: 5000, nanosPerUnit: 0 };
  return {
    format: 'flover-profile',
    version: 7,
    device: 'd',
    model: 'm',
    dataType: 'f32',
    worldSize: 1,
    runs: [],
    kvBytesPerToken: 1,
    decode: {
      knots: [1],
      nanos: [1e6],
      bends: [],
      nanosPerKvToken: [[0]],
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
      latencyPrefill: { nanos: 200, nanosPerUnit: 0 },
      gapNanos: 10,
      noticeNanos: 20,
    },
    interference: {
      prefillNanos: [1e6],
      decodeRows: [8],
      decodeByPrefill: [[0.5]],
      decodeAttentionByPrefill: [[0.5]],
      prefillByDecode: [[0.5]],
      prefillByDecodeAttention: [[0.5]],
      givenAlone: { passNanos: 0, leastNanos: 0, prefillRelief: 0, decodeBurden: 0 },
      decodeByDecodeRatio: 0,
      prefillByPrefillRatio: 0,
      decodeByPrefillsExponent: 1,
      prefillByDecodesExponent: 1,
    },
    residuals: {
      decode: none,
      prefill: none,
      mixed: none,
      moves: none,
      decodeBeside: none,
      prefillBeside: none,
      decodeCrowded: none,
      prefillCrowded: none,
    },
    scatter: Object.fromEntries(
      scatterKeys.map((key) => [key, scatter[key] ?? still]),
    ) as Profile['scatter'],
    ...overrides,
  };
}
