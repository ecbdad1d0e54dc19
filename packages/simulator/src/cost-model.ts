import type { Work } from '@flover/policy';

/** What one work takes; integer nanoseconds. */
export interface WorkCost {
  /** Time on its lane while every other lane idles, moves included; at least 1. */
  readonly soloNanos: number;
  /** The part of `soloNanos` that moves, swaps and forks take. */
  readonly moveNanos: number;
  /** Host time of the scheduler's planning. */
  readonly planNanos: number;
  /** Host time of the launching call: the host does nothing else meanwhile. */
  readonly launchNanos: number;
  /** From the plan to the start on an idle lane; `launchNanos` where it is left out. */
  readonly latencyNanos?: number;
  /** Idle time of the lane before it, where it was launched before its lane was free. Default 0. */
  readonly gapNanos?: number;
  /** It has prompt rows. Default false. */
  readonly prefills?: boolean;
}

/** What a device carries over from work to work within one run. */
export interface DeviceState<Cost extends WorkCost = WorkCost> {
  /**
   * A work begins on its lane: its `soloNanos` as the device is now, an integer of at least 1.
   * `sharers` as in `slowdowns`.
   */
  begin(cost: Cost, timeNanos: number, sharers?: number): number;
  end(cost: Cost, timeNanos: number): void;
}

/**
 * How long works take, in virtual time.
 *
 * The same work must always cost the same: a cost model has no clock, no randomness and no memory, but
 * for the states that it makes, one for each run.
 * A model may keep in its costs what `slowdowns` and states want to know of each work.
 */
export interface CostModel<Cost extends WorkCost = WorkCost> {
  readonly name: string;
  /** KV bytes of one token over all layers, on all ranks together. */
  readonly kvBytesPerToken: number;
  /** From the end of a work to the moment at which the host hears of it. Default 0. */
  readonly noticeNanos?: number;
  costOf(work: Work): Cost;
  /** A device on which nothing has run. Left out where what has run changes nothing. */
  freshState?(): DeviceState<Cost> | undefined;
  /**
   * Lane interference: writes to factors[i], at least 1, by how much running[i] is slower while all
   * of `running` run at once; `sharers` says of each how many lanes had prompts, its own counted,
   * when the device was given it, 0 where all others were idle. Left out where lanes do not disturb
   * each other.
   */
  slowdowns?(running: readonly Cost[], factors: Float64Array, sharers?: readonly number[]): void;
}

/** The time of a work on its lane while every other lane idles, integer nanoseconds. */
export function predictNanos(model: CostModel, work: Work): number {
  return model.costOf(work).soloNanos;
}

/** Rounds a duration to a whole number of nanoseconds, at least 1. */
export function wholeNanos(nanos: number): number {
  return Math.max(1, Math.round(nanos));
}
