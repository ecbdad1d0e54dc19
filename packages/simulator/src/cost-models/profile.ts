import type { Work } from '@flover/policy';
import { type CostModel, type WorkCost, wholeNanos } from '../cost-model.ts';
import { interpolateWithin } from '../fit/piecewise.ts';
import { FeatureReader, type WorkFeatures } from '../work-features.ts';
import type { Line, Profile } from './profile-file.ts';
import { rowsNanos } from './profile-rows.ts';

/** Nothing is slowed down to a standstill by what was never measured. */
export const LARGEST_SLOWDOWN = 20;

/** A work's time by a profile, and what it does to others. */
export interface ProfileCost extends WorkCost {
  readonly latencyNanos: number;
  /** It has prefill rows. */
  readonly prefills: boolean;
  /** What it adds to a decode work beside it, and each of those to it; 0 without prefill rows. */
  readonly decodeExcess: number;
  readonly prefillExcess: number;
}

/** Predicts from what an engine was measured to do; see `Profile` for the formulas. */
export class ProfileCostModel implements CostModel<ProfileCost> {
  readonly name = 'profile';
  readonly kvBytesPerToken: number;
  readonly noticeNanos: number;
  readonly #profile: Profile;
  readonly #gapNanos: number;
  readonly #reader = new FeatureReader();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.kvBytesPerToken = profile.kvBytesPerToken;
    this.noticeNanos = Math.round(profile.host.noticeNanos);
    this.#gapNanos = Math.round(profile.host.gapNanos);
  }

  costOf(work: Work): ProfileCost {
    const { host, interference } = this.#profile;
    const features = this.#reader.read(work);
    const moveNanos = this.#copyNanos(features);
    const rows = work.flags.length;
    const tokens = features.prefillTokens;
    const prefills = tokens > 0;
    const { knots, decodeByPrefill, prefillByDecode } = interference;
    const latencyNanos = prefills ? host.latencyPrefillNanos : host.latencyDecodeNanos;
    return {
      soloNanos: wholeNanos(rowsNanos(this.#profile, features)) + moveNanos,
      moveNanos,
      planNanos: lineNanos(host.plan, rows),
      launchNanos: prefills
        ? lineNanos(host.launchPrefill, tokens)
        : lineNanos(host.launchDecode, rows),
      latencyNanos: Math.round(latencyNanos),
      gapNanos: this.#gapNanos,
      prefills,
      decodeExcess: prefills ? interpolateWithin(knots, decodeByPrefill, tokens) : 0,
      prefillExcess: prefills ? interpolateWithin(knots, prefillByDecode, tokens) : 0,
    };
  }

  slowdowns(running: readonly ProfileCost[], factors: Float64Array): void {
    const { interference } = this.#profile;
    let decodes = 0;
    let decodeNanos = 0;
    let prefillNanos = 0;
    let excess = 0;
    for (const { prefills, soloNanos, decodeExcess } of running) {
      if (prefills) {
        prefillNanos += soloNanos;
        excess += decodeExcess;
      } else {
        decodes++;
        decodeNanos += soloNanos;
      }
    }
    for (let i = 0; i < running.length; i++) {
      const { prefills, soloNanos, prefillExcess } = running[i];
      const added = prefills
        ? prefillExcess * decodes +
          (interference.prefillByDecodeRatio * decodeNanos) / soloNanos +
          (interference.prefillByPrefillRatio * (prefillNanos - soloNanos)) / soloNanos
        : excess +
          (interference.decodeByPrefillRatio * prefillNanos) / soloNanos +
          (interference.decodeByDecodeRatio * (decodeNanos - soloNanos)) / soloNanos;
      factors[i] = Math.min(LARGEST_SLOWDOWN, 1 + added);
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

function lineNanos(line: Line, units: number): number {
  return Math.max(0, Math.round(line.nanos + line.nanosPerUnit * units));
}
