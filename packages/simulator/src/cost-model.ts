import type { Work } from '@flover/policy';

/**
 * How long works take, in virtual time.
 *
 * Times are nanoseconds; `predictNanos` returns integers. The same work must always cost the same:
 * a cost model has no clock, no randomness and no memory.
 */
export interface CostModel {
  readonly name: string;
  /** KV bytes of one token over all layers, on all ranks together. */
  readonly kvBytesPerToken: number;
  /**
   * Time of the work on its lane while every other lane idles, moves included; integer, at least 1.
   */
  predictNanos(work: Work): number;
  /** The part of `predictNanos` that moves, swaps and forks take; integer. */
  moveNanos(work: Work): number;
  /** Host time of the scheduler's planning of this work; integer. */
  planNanos(work: Work): number;
  /** Host time from the plan to the start of the work on an idle device; integer. */
  launchNanos(work: Work): number;
  /**
   * Lane interference: writes to factors[i], at least 1, by how much running[i] is slower while all
   * of `running` run at once. Left out where lanes do not disturb each other.
   */
  slowdowns?(running: readonly Work[], factors: Float64Array): void;
}

/** Rounds a duration to a whole number of nanoseconds, at least 1. */
export function wholeNanos(nanos: number): number {
  return Math.max(1, Math.round(nanos));
}
