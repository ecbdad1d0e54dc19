import type { DeviceState, WorkCost } from '../cost-model.ts';
import type { WorkFeatures } from '../work-features.ts';
import { promptFeatures } from '../work-features.ts';
import type { Profile, WarmthCosts } from './profile-file.ts';
import { prefillNanos } from './profile-rows.ts';

/** What a warm device wants to know of a work. */
export interface WarmCost extends WorkCost {
  /** How hard it works the device, from 0 to 1: `computeShareOf`. */
  readonly heat: number;
  /** By how many times its time it takes longer on a device as warm as can be. */
  readonly warmSlowdown: number;
}

/**
 * How warm a device is that runs works, from 0 to 1: a moving average of how hard each works it
 * (`heat`), of the hardest where several run. Times come in any order; what is past changes nothing.
 */
export class Warmth {
  readonly #constantNanos: number;
  readonly #heats: number[] = [];
  #level = 0;
  #atNanos = 0;
  #area = 0;

  constructor(constantNanos: number) {
    this.#constantNanos = constantNanos;
  }

  begin(heat: number, timeNanos: number): void {
    this.#advance(timeNanos);
    this.#heats.push(heat);
  }

  end(heat: number, timeNanos: number): void {
    this.#advance(timeNanos);
    const at = this.#heats.indexOf(heat);
    if (at >= 0) this.#heats.splice(at, 1);
  }

  /** Its mean over a work that begins now and runs so long, if all that runs now goes on. */
  meanOver(nanos: number, heat: number): number {
    const towards = Math.max(heat, this.#heat());
    const spans = nanos / this.#constantNanos;
    const left = spans > 1e-9 ? -Math.expm1(-spans) / spans : 1;
    return towards + (this.#level - towards) * left;
  }

  /** Its integral until then, nanoseconds: over a work that is behind, the mean is exact. */
  areaAt(timeNanos: number): number {
    this.#advance(timeNanos);
    return this.#area;
  }

  #advance(timeNanos: number): void {
    const nanos = timeNanos - this.#atNanos;
    if (nanos <= 0) return;
    const towards = this.#heat();
    const left = Math.exp(-nanos / this.#constantNanos);
    this.#area += towards * nanos + (this.#level - towards) * this.#constantNanos * (1 - left);
    this.#level = towards + (this.#level - towards) * left;
    this.#atNanos = timeNanos;
  }

  #heat(): number {
    let most = 0;
    for (let i = 0; i < this.#heats.length; i++) most = Math.max(most, this.#heats[i]);
    return most;
  }
}

/** The share of the time alone of a work with prompts beyond reading the weights, from 0 to 1. */
export function computeShareOf(
  prefill: Profile['prefill'],
  { passes }: WorkFeatures,
  aloneNanos: number,
): number {
  const least = passes.length * prefillNanos(prefill, promptFeatures(1));
  return Math.max(0, 1 - least / Math.max(1, aloneNanos));
}

/** Works on a device that gets warm; copies take as long as ever. */
export class WarmDevice implements DeviceState<WarmCost> {
  readonly #warmth: Warmth;
  readonly #costs: Pick<WarmthCosts, 'prompts'>;

  constructor(costs: Pick<WarmthCosts, 'constantNanos' | 'prompts'>) {
    this.#warmth = new Warmth(costs.constantNanos);
    this.#costs = costs;
  }

  begin(cost: WarmCost, timeNanos: number, sharers = 0): number {
    const { soloNanos, moveNanos, heat, warmSlowdown, prefills = false } = cost;
    this.#warmth.begin(heat, timeNanos);
    if (warmSlowdown === 0 || !slowsWarm(this.#costs, prefills, sharers)) return soloNanos;
    const rowsNanos = soloNanos - moveNanos;
    const warmth = this.#warmth.meanOver(rowsNanos, heat);
    return Math.max(1, moveNanos + Math.round(rowsNanos * (1 + warmth * warmSlowdown)));
  }

  end({ heat }: WarmCost, timeNanos: number): void {
    this.#warmth.end(heat, timeNanos);
  }
}

/** Whether a work that was given to the device like this is slower where that is warm. */
export function slowsWarm(
  { prompts }: Pick<WarmthCosts, 'prompts'>,
  prefills: boolean,
  sharers: number,
): boolean {
  return prompts === undefined || !prefills || sharers === 0;
}

/** How many times as long a work takes on a device as warm as can be, less one. */
export function warmSlowdown(warmth: WarmthCosts, prefills: boolean, heat: number): number {
  return prefills ? warmth.prefillSlowdown * heat : warmth.decodeSlowdown;
}
