import type { Work } from '@flover/policy';
import { stream } from '@flover/workload';
import { type CostModel, type DeviceState, wholeNanos } from '../cost-model.ts';
import { normal, normalOf } from '../fit/normal.ts';
import { largestSlowdown, type ProfileCost, ProfileCostModel } from './profile.ts';
import { type Profile, type ScatterKey, scatterKeys } from './profile-file.ts';

/** Nothing takes less than this share of what the fit says. */
const LEAST_FACTOR = 0.1;

interface ScatteredCost extends ProfileCost {
  /** How much longer than fitted it takes beside one work of the other kind, and beside all else. */
  readonly besideFactor: number;
  readonly crowdedFactor: number;
}

/**
 * One of the worlds that a profile's measurements allow: what runs have in common is drawn once, what
 * is a work's own for each work by its number. `replication` 0, 1, ... are independent worlds.
 */
export class ScatteredCostModel implements CostModel<ScatteredCost> {
  readonly name = 'profile, scattered';
  readonly kvBytesPerToken: number;
  readonly noticeNanos: number;
  readonly #profile: Profile;
  readonly #fitted: ProfileCostModel;
  readonly #common: Readonly<Record<ScatterKey, number>>;
  readonly #key: number;

  constructor(profile: Profile, seed: number, replication: number) {
    this.#profile = profile;
    this.#fitted = new ProfileCostModel(profile);
    this.kvBytesPerToken = profile.kvBytesPerToken;
    const random = stream(seed, 'scatter', replication);
    const drawn = scatterKeys.map((key) => {
      const { runs } = profile.scatter[key];
      // The mean of as many runs is itself not known better than this.
      const widened = Math.sqrt(1 + 1 / Math.max(1, runs));
      const deviation = furtherScatter(profile, key, 'betweenPercent') * widened;
      return [key, Math.max(LEAST_FACTOR, 1 + deviation * normal(random(), random()))] as const;
    });
    this.#common = Object.fromEntries(drawn) as Record<ScatterKey, number>;
    this.#key = Math.floor(random() * 2 ** 32);
    this.noticeNanos = Math.round(this.#fitted.noticeNanos * this.#common.notice);
  }

  freshState(): DeviceState<ScatteredCost> | undefined {
    return this.#fitted.freshState();
  }

  costOf(work: Work): ScatteredCost {
    const cost = this.#fitted.costOf(work);
    const decodes = work.decodeKvTokens > 0;
    const kind = cost.prefills ? (decodes ? 'mixed' : 'prefill') : 'decode';
    const rowsNanos = cost.soloNanos - cost.moveNanos;
    const times = (nanos: number, key: ScatterKey) => Math.round(nanos * this.#factor(work, key));
    return {
      ...cost,
      soloNanos: wholeNanos(rowsNanos * this.#factor(work, kind)) + cost.moveNanos,
      planNanos: times(cost.planNanos, 'plan'),
      launchNanos: times(cost.launchNanos, 'launch'),
      latencyNanos: times(cost.latencyNanos, 'latency'),
      besideFactor: this.#factor(work, cost.prefills ? 'prefillBeside' : 'decodeBeside'),
      crowdedFactor: this.#factor(work, cost.prefills ? 'prefillCrowded' : 'decodeCrowded'),
    };
  }

  slowdowns(
    running: readonly ScatteredCost[],
    factors: Float64Array,
    sharers?: readonly number[],
  ): void {
    this.#fitted.slowdowns(running, factors, sharers);
    const largest = largestSlowdown(running);
    const paired = running.length === 2 && running[0].prefills !== running[1].prefills;
    for (let i = 0; i < running.length; i++) {
      const { besideFactor, crowdedFactor } = running[i];
      const factor = factors[i] * (paired ? besideFactor : crowdedFactor);
      factors[i] = Math.min(largest, Math.max(1, factor));
    }
  }

  #factor(work: Work, key: ScatterKey): number {
    const own = furtherScatter(this.#profile, key, 'withinPercent');
    const drawn = normalOf(this.#key + scatterKeys.indexOf(key), work.id);
    return Math.max(LEAST_FACTOR, this.#common[key] * (1 + own * drawn));
  }
}

/** Works beside others were measured with what they scatter alone, which is drawn for their own time. */
const ALONE: Partial<Record<ScatterKey, ScatterKey>> = {
  decodeBeside: 'decode',
  decodeCrowded: 'decode',
  prefillBeside: 'prefill',
  prefillCrowded: 'prefill',
};

/** A standard deviation as a share, without what is drawn for the work alone. */
function furtherScatter(
  { scatter }: Profile,
  key: ScatterKey,
  of: 'betweenPercent' | 'withinPercent',
): number {
  const alone = ALONE[key];
  const known = alone === undefined ? 0 : scatter[alone][of];
  return Math.sqrt(Math.max(0, scatter[key][of] ** 2 - known ** 2)) / 100;
}
