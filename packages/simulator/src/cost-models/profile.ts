import type { Work } from '@flover/policy';
import { type CostModel, type WorkCost, wholeNanos } from '../cost-model.ts';
import { FeatureReader, type WorkFeatures } from '../work-features.ts';
import type { Line, Profile } from './profile-file.ts';
import { attentionNanos, rowsNanos } from './profile-rows.ts';
import { type Place, paddedRows, placeWithin, surfaceAt } from './surface.ts';

/** Nothing is slowed down to a standstill by what was never measured. */
export const LARGEST_SLOWDOWN = 20;

/** A work's time by a profile, and what it does to others. */
export interface ProfileCost extends WorkCost {
  readonly latencyNanos: number;
  /** It has prefill rows. */
  readonly prefills: boolean;
  /** Where interference has it: by its time if it prefills, else by its rows. */
  readonly place: Place;
  /** The share of its rows' time that decode attention takes; 0 with prefill rows. */
  readonly attentionShare: number;
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
    const alone = rowsNanos(this.#profile, features);
    const latencyNanos = prefills ? host.latencyPrefillNanos : host.latencyDecodeNanos;
    return {
      soloNanos: wholeNanos(alone) + moveNanos,
      moveNanos,
      planNanos: lineNanos(host.plan, rows),
      launchNanos: prefills
        ? lineNanos(host.launchPrefill, tokens)
        : lineNanos(host.launchDecode, rows),
      latencyNanos: Math.round(latencyNanos),
      gapNanos: this.#gapNanos,
      prefills,
      place: prefills
        ? placeWithin(interference.prefillNanos, alone)
        : placeWithin(interference.decodeRows, paddedRows(features.decodeRows)),
      attentionShare: prefills ? 0 : attentionNanos(this.#profile.decode, features) / alone,
    };
  }

  slowdowns(running: readonly ProfileCost[], factors: Float64Array): void {
    for (let i = 0; i < running.length; i++) {
      let slowdown = 1;
      for (let j = 0; j < running.length; j++) {
        if (j !== i) slowdown += this.#excess(running[i], running[j]);
      }
      factors[i] = Math.min(LARGEST_SLOWDOWN, slowdown);
    }
  }

  /** What one work loses of its speed to another. */
  #excess(one: ProfileCost, other: ProfileCost): number {
    const { interference } = this.#profile;
    if (one.prefills !== other.prefills) {
      if (one.prefills) return surfaceAt(interference.prefillByDecode, one.place, other.place);
      const rows = surfaceAt(interference.decodeByPrefill, other.place, one.place);
      return rows + one.attentionShare * (interference.decodeAttentionByPrefill - rows);
    }
    const ratio = one.prefills
      ? interference.prefillByPrefillRatio
      : interference.decodeByDecodeRatio;
    return (ratio * other.soloNanos) / one.soloNanos;
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
