import type { Work } from '@flover/policy';
import { type CostModel, type DeviceState, wholeNanos } from '../cost-model.ts';
import { FeatureReader, noFeatures, type WorkFeatures } from '../work-features.ts';
import type { Line, Profile } from './profile-file.ts';
import { attentionOf, batchNanos, rowsNanos, slopesOf } from './profile-rows.ts';
import {
  aloneShareOf,
  attentionShareOf,
  excessOf,
  nobodyBeside,
  partOf,
  slowdownOf,
} from './slowdown.ts';
import { type Place, paddedRows, placeWithin } from './surface.ts';
import { computeShareOf, type WarmCost, WarmDevice, warmSlowdown } from './warmth.ts';

const LARGEST_SLOWDOWN = 20;

/** Nothing is slowed down to a standstill by what was never measured: so many times for each other work. */
export function largestSlowdown(running: readonly unknown[]): number {
  return LARGEST_SLOWDOWN * Math.max(1, running.length - 1);
}

/** A work's time by a profile, and what it does to others. */
export interface ProfileCost extends WarmCost {
  readonly latencyNanos: number;
  readonly prefills: boolean;
  /** Where interference has it: by its time if it prefills, else by its rows. */
  readonly place: Place;
  /** The share of its rows' time that decode attention takes; 0 with prefill rows. */
  readonly attentionShare: number;
  /** The share of a prompt's time for which it has the whole device, were it given alone; else 0. */
  readonly aloneShare: number;
}

/** What decode works of one batch have in common. */
interface Batch {
  readonly nanos: number;
  /** Of attention, between bends. */
  readonly slopes: readonly number[];
  readonly place: Place;
}

/** Predicts from what an engine was measured to do; see `Profile` for the formulas. */
export class ProfileCostModel implements CostModel<ProfileCost> {
  readonly name: string;
  readonly kvBytesPerToken: number;
  readonly noticeNanos: number;
  readonly #profile: Profile;
  readonly #gapNanos: number;
  readonly #reader = new FeatureReader();
  /** By rows, as they come. */
  readonly #batches: (Batch | undefined)[] = [];

  constructor(profile: Profile, name = 'profile') {
    this.name = name;
    this.#profile = profile;
    this.kvBytesPerToken = profile.kvBytesPerToken;
    this.noticeNanos = Math.round(profile.host.noticeNanos);
    this.#gapNanos = Math.round(profile.host.gapNanos);
  }

  /** Undefined by a profile that says nothing of warm devices. */
  freshState(): DeviceState<ProfileCost> | undefined {
    const { warmth } = this.#profile;
    return warmth && new WarmDevice(warmth);
  }

  costOf(work: Work): ProfileCost {
    const features = this.#reader.read(work);
    return features.prefillTokens > 0
      ? this.#prefill(work, features)
      : this.#decode(work, features);
  }

  #prefill(work: Work, features: WorkFeatures): ProfileCost {
    const { host, interference, prefill, warmth } = this.#profile;
    const alone = rowsNanos(this.#profile, features);
    const moveNanos = this.#copyNanos(features);
    const heat = computeShareOf(prefill, features, alone);
    return {
      soloNanos: wholeNanos(alone) + moveNanos,
      moveNanos,
      planNanos: lineNanos(host.plan, work.flags.length),
      launchNanos: lineNanos(host.launchPrefill, features.prefillTokens),
      latencyNanos: lineNanos(host.latencyPrefill, Math.max(0, features.prefillRows - 1)),
      gapNanos: this.#gapNanos,
      prefills: true,
      place: placeWithin(interference.prefillNanos, alone),
      attentionShare: 0,
      aloneShare: aloneShareOf(interference.givenAlone, alone),
      heat,
      warmSlowdown: warmth === undefined ? 0 : warmSlowdown(warmth, true, heat),
    };
  }

  #decode(work: Work, features: WorkFeatures): ProfileCost {
    const { host, decode } = this.#profile;
    const rows = work.flags.length;
    const { decodeRows, decodeKvTokens } = features;
    const { nanos, slopes, place } = this.#batch(decodeRows);
    const attention = attentionOf(decode.bends, slopes, decodeRows, decodeKvTokens);
    const alone = Math.max(0, nanos + attention);
    const moveNanos = this.#copyNanos(features);
    return {
      soloNanos: wholeNanos(alone) + moveNanos,
      moveNanos,
      planNanos: lineNanos(host.plan, rows),
      launchNanos: lineNanos(host.launchDecode, rows),
      latencyNanos: Math.round(host.latencyDecodeNanos),
      gapNanos: this.#gapNanos,
      prefills: false,
      place,
      attentionShare: attentionShareOf(attention, alone),
      aloneShare: 0,
      heat: 0,
      warmSlowdown: this.#profile.warmth?.decodeSlowdown ?? 0,
    };
  }

  #batch(rows: number): Batch {
    const known = this.#batches[rows];
    if (known !== undefined) return known;
    const { decode, interference } = this.#profile;
    const place = placeWithin(interference.decodeRows, paddedRows(rows));
    // A work without rows, such as one that only moves, is a prefill of nothing.
    const nanos = rows > 0 ? batchNanos(decode, rows) : rowsNanos(this.#profile, noFeatures());
    const batch = { nanos, slopes: slopesOf(decode, rows), place };
    this.#batches[rows] = batch;
    return batch;
  }

  slowdowns(
    running: readonly ProfileCost[],
    factors: Float64Array,
    sharers?: readonly number[],
  ): void {
    const { interference } = this.#profile;
    const largest = largestSlowdown(running);
    const beside = nobodyBeside(0);
    for (let j = 0; j < running.length; j++) {
      if (running[j].prefills) beside.parts += partOf(interference, sharers?.[j] ?? 1);
    }
    for (let i = 0; i < running.length; i++) {
      const one = running[i];
      beside.lanes = beside.turns = beside.others = beside.excess = 0;
      for (let j = 0; j < running.length; j++) {
        if (j === i) continue;
        if (running[j].prefills === one.prefills) {
          beside.lanes++;
          beside.turns += running[j].soloNanos / one.soloNanos;
        } else {
          const prompt = sharers?.[one.prefills ? i : j] ?? 1;
          const part = one.prefills ? 1 : partOf(interference, prompt);
          beside.others += part;
          beside.excess += part * this.#excess(one, running[j], prompt === 0);
        }
      }
      const given = { sharers: sharers?.[i] ?? 1, computeShare: one.heat };
      const slowdown = slowdownOf(interference, one.prefills, beside, given);
      factors[i] = Math.min(largest, Math.max(1, slowdown / this.#coolsBeside(one, given.sharers)));
    }
  }

  /**
   * With company a prompt that was given alone keeps to a part, which leaves a device below its limit:
   * by so much it was slower on one that prompts like it have warmed.
   */
  #coolsBeside(one: ProfileCost, sharers: number): number {
    const { warmth } = this.#profile;
    const cools = warmth?.prompts !== undefined && one.prefills && sharers === 0;
    return cools ? 1 + one.heat * one.warmSlowdown : 1;
  }

  /** What one work loses of its speed to another of the other kind, were that alone beside it. */
  #excess(one: ProfileCost, other: ProfileCost, givenAlone: boolean): number {
    const [prefill, decode] = one.prefills ? [one, other] : [other, one];
    return excessOf(
      this.#profile.interference,
      one.prefills,
      prefill.place,
      decode.place,
      decode.attentionShare,
      givenAlone ? prefill.aloneShare : 0,
    );
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
