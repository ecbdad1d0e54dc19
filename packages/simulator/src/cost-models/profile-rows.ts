import { interpolate } from '../fit/piecewise.ts';
import type { WorkFeatures } from '../work-features.ts';
import type { Profile } from './profile-file.ts';

/** What a profile says of the time of rows. */
export type Phases = Pick<Profile, 'decode' | 'prefill' | 'mixed'>;

/** Time of a work's rows alone, not rounded. */
export function rowsNanos(phases: Phases, features: WorkFeatures): number {
  if (features.decodeRows === 0) return prefillNanos(phases.prefill, features);
  const decode = decodeNanos(phases.decode, features);
  if (features.prefillTokens === 0) return decode;
  const { nanos, prefillFactor, attentionFactor, decodeFactor, nanosPerRow = 0 } = phases.mixed;
  const attention = attentionNanos(phases.decode, features);
  const together = prefillNanos(phases.prefill, features, features.decodeRows);
  const weighted =
    nanos +
    nanosPerRow * features.decodeRows +
    prefillFactor * together +
    attentionFactor * attention +
    decodeFactor * (decode - attention);
  return Math.max(decode, prefillNanos(phases.prefill, features), weighted);
}

/** Time of the decode rows alone. */
export function decodeNanos(decode: Profile['decode'], features: WorkFeatures): number {
  return Math.max(0, batchNanos(decode, features.decodeRows) + attentionNanos(decode, features));
}

/** The part of it that every batch of so many rows takes. */
export function batchNanos(decode: Profile['decode'], rows: number): number {
  return interpolate(decode.knots, decode.nanos, rows);
}

/** The part of it that grows with the KV. */
export function attentionNanos(decode: Profile['decode'], features: WorkFeatures): number {
  const { decodeRows, decodeKvTokens } = features;
  return attentionOf(decode.bends, slopesOf(decode, decodeRows), decodeRows, decodeKvTokens);
}

/** Nanoseconds per token of KV for a batch of so many rows, between bends. */
export function slopesOf(decode: Profile['decode'], rows: number): readonly number[] {
  return decode.nanosPerKvToken.map((slopes) => interpolate(decode.knots, slopes, rows));
}

/** Time of attention by these slopes. */
export function attentionOf(
  bends: readonly number[],
  slopes: readonly number[],
  rows: number,
  kvTokens: number,
): number {
  let nanos = 0;
  for (let i = 0; i < slopes.length; i++) {
    nanos += slopes[i] * tokensBetween(bends, i, rows, kvTokens);
  }
  return Math.max(0, nanos);
}

/** Those tokens of KV that lie behind bend `i` - 1 and before bend `i` of their mean context. */
export function tokensBetween(
  bends: readonly number[],
  i: number,
  rows: number,
  kvTokens: number,
): number {
  const from = i === 0 ? 0 : rows * bends[i - 1];
  const until = i < bends.length ? Math.min(kvTokens, rows * bends[i]) : kvTokens;
  return Math.max(0, until - from);
}

/** Time of the prompt rows alone; or in passes that they share with all decode rows, so many. */
export function prefillNanos(
  prefill: Profile['prefill'],
  features: WorkFeatures,
  decodeRows = 0,
): number {
  const { knots, nanos, nanosPerPair, reach } = prefill;
  const pairs = nanosPerPair * features.prefillPairs;
  if (reach === undefined || features.passes.length === 0) {
    return Math.max(0, interpolate(knots, nanos, features.prefillTokens + decodeRows) + pairs);
  }
  let sum = pairs;
  for (const { tokens, promptTokens, reachTokens } of features.passes) {
    const counted = decodeRows > 0 ? tokens : promptTokens;
    sum += Math.max(0, interpolate(knots, nanos, counted));
    sum += Math.max(0, interpolate(reach.knots, reach.nanosPerToken, promptTokens)) * reachTokens;
  }
  return Math.max(0, sum);
}
