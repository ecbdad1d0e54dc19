import { interpolate } from '../fit/piecewise.ts';
import type { WorkFeatures } from '../work-features.ts';
import type { Profile } from './profile-file.ts';

/** What a profile says of the time of rows. */
export type Phases = Pick<Profile, 'decode' | 'prefill' | 'mixed'>;

/** Time of a work's rows alone, not rounded. */
export function rowsNanos(phases: Phases, features: WorkFeatures): number {
  if (features.decodeRows === 0) return prefillNanos(phases.prefill, features, 0);
  const decode = decodeNanos(phases.decode, features);
  if (features.prefillTokens === 0) return decode;
  const { nanos, prefillFactor, attentionFactor, decodeFactor } = phases.mixed;
  const attention = attentionNanos(phases.decode, features);
  const together = prefillNanos(phases.prefill, features, features.decodeRows);
  const weighted =
    nanos +
    prefillFactor * together +
    attentionFactor * attention +
    decodeFactor * (decode - attention);
  return Math.max(decode, prefillNanos(phases.prefill, features, 0), weighted);
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
  const slope = interpolate(decode.knots, decode.nanosPerKvToken, features.decodeRows);
  const { contextTokens, nanosPerKvToken } = decode.bend;
  const beyond = beyondTokens(features, contextTokens);
  return Math.max(0, slope * features.decodeKvTokens + nanosPerKvToken * beyond);
}

/** KV tokens by which the rows are beyond a context on average. */
export function beyondTokens(features: WorkFeatures, contextTokens: number): number {
  return Math.max(0, features.decodeKvTokens - features.decodeRows * contextTokens);
}

/** Time of the prompt rows alone, if there were so many tokens more. */
export function prefillNanos(
  prefill: Profile['prefill'],
  features: WorkFeatures,
  moreTokens: number,
): number {
  const linear = interpolate(prefill.knots, prefill.nanos, features.prefillTokens + moreTokens);
  return Math.max(0, linear + prefill.nanosPerPair * features.prefillPairs);
}
