import type { Work } from '@flover/policy';
import { type CostModel, type WorkCost, wholeNanos } from '../cost-model.ts';
import { interpolate } from '../fit/piecewise.ts';
import { FeatureReader, type WorkFeatures } from '../work-features.ts';
import type { Line, Profile } from './profile-file.ts';

interface ProfileCost extends WorkCost {
  /** It has prefill rows. */
  readonly prefills: boolean;
}

/** Predicts from what an engine was measured to do; see `Profile` for the formulas. */
export class ProfileCostModel implements CostModel<ProfileCost> {
  readonly name = 'profile';
  readonly kvBytesPerToken: number;
  readonly #profile: Profile;
  readonly #reader = new FeatureReader();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.kvBytesPerToken = profile.kvBytesPerToken;
  }

  costOf(work: Work): ProfileCost {
    const features = this.#reader.read(work);
    const moveNanos = this.#copyNanos(features);
    const rows = work.flags.length;
    return {
      soloNanos: wholeNanos(rowsNanos(this.#profile, features)) + moveNanos,
      moveNanos,
      planNanos: lineNanos(this.#profile.plan, rows),
      launchNanos: lineNanos(this.#profile.launch, rows),
      prefills: features.prefillTokens > 0,
    };
  }

  slowdowns(running: readonly ProfileCost[], factors: Float64Array): void {
    const { interference } = this.#profile;
    let prefills = 0;
    for (const cost of running) if (cost.prefills) prefills++;
    const decodes = running.length - prefills;
    const prefillFactor =
      1 + interference.prefillByDecode * decodes + interference.prefillByPrefill * (prefills - 1);
    const decodeFactor =
      1 + interference.decodeByDecode * (decodes - 1) + interference.decodeByPrefill * prefills;
    for (let i = 0; i < running.length; i++) {
      factors[i] = running[i].prefills ? prefillFactor : decodeFactor;
    }
  }

  #copyNanos(features: WorkFeatures): number {
    const { moves, swaps } = this.#profile;
    let nanos = 0;
    if (features.moves > 0) nanos += lineNanos(moves, features.movedTokens * this.kvBytesPerToken);
    if (features.swappedTokens > 0) {
      nanos += lineNanos(swaps, features.swappedTokens * this.kvBytesPerToken);
    }
    return nanos;
  }
}

/** Time of a work's rows alone, not rounded. */
export function rowsNanos(
  profile: Pick<Profile, 'decode' | 'prefill' | 'mixed'>,
  features: WorkFeatures,
): number {
  const { decode, prefill, mixed } = profile;
  const decodeNanos = decodeRowsNanos(decode, features);
  const prefillNanos = prefillRowsNanos(prefill, features);
  if (features.decodeRows === 0) return prefillNanos;
  if (features.prefillTokens === 0) return decodeNanos;
  return Math.max(
    Math.max(decodeNanos, prefillNanos),
    mixed.nanos + mixed.decodeFactor * decodeNanos + mixed.prefillFactor * prefillNanos,
  );
}

function decodeRowsNanos(decode: Profile['decode'], features: WorkFeatures): number {
  const rows = features.decodeRows;
  if (rows === 0) return 0;
  const slope = interpolate(decode.knots, decode.nanosPerKvToken, rows);
  return Math.max(
    0,
    interpolate(decode.knots, decode.nanos, rows) + slope * features.decodeKvTokens,
  );
}

function prefillRowsNanos(prefill: Profile['prefill'], features: WorkFeatures): number {
  const tokens = features.prefillTokens;
  if (tokens === 0) return 0;
  const linear = interpolate(prefill.knots, prefill.nanos, tokens);
  return Math.max(0, linear + prefill.nanosPerPair * features.prefillPairs);
}

function lineNanos(line: Line, units: number): number {
  return Math.max(0, Math.round(line.nanos + line.nanosPerUnit * units));
}
