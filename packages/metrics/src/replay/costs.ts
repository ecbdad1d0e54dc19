import type { Work } from '@flover/policy';

/** What a device carries over from work to work within one replay. */
export interface ReplayState {
  /** A work begins: its time as the device is now, whole nanoseconds; `sharers` as in `slowdowns`. */
  begin(work: Work, timeNanos: number, sharers: number): number;
  end(work: Work, timeNanos: number): void;
}

/**
 * Predicted durations, integer nanoseconds; a cost model of the simulator is one.
 *
 * What is left out costs nothing: host time, and lanes slowing each other down.
 */
export interface ReplayCosts {
  /** Time of the work on its lane while every other lane idles, moves included. */
  predictNanos(work: Work): number;
  /** A device on which nothing has run; left out where what has run changes nothing. */
  freshState?(): ReplayState | undefined;
  /** The part of it that moves, swaps and forks take. */
  moveNanos?(work: Work): number;
  /** Host time of the planning of this work. */
  planNanos?(work: Work): number;
  /** Host time of the call that launches it. */
  launchNanos?(work: Work): number;
  /** From the plan to the start of the work on an idle lane; `launchNanos` where it is left out. */
  latencyNanos?(work: Work): number;
  /** Idle time of the lane before it, where it was launched before its lane was free. */
  gapNanos?(work: Work): number;
  /** From the end of a work to the moment at which the host hears of it. */
  readonly noticeNanos?: number;
  /**
   * Writes to factors[i], at least 1, by how much running[i] is slower while all run at once;
   * `sharers` says of each how many lanes had prompts, its own counted, when the device was given it,
   * 0 where all others were idle.
   */
  slowdowns?(running: readonly Work[], factors: Float64Array, sharers: readonly number[]): void;
}
