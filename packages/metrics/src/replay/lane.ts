import { invariant, type Nanos, RowFlag } from '@flover/policy';
import type { ReplayCosts } from './costs.ts';
import type { ScriptWork } from './script.ts';

/** Less work than this, nanoseconds, is a rounding error of the arithmetic. */
const NOTHING_LEFT = 1e-6;

/** One lane of a replay: its works in recorded order, one at a time. */
export class ReplayLane {
  readonly works: readonly ScriptWork[];
  /** When each launched work may start at the earliest: the host has launched it. */
  readonly readyNanos: number[] = [];
  /** By place, see `ReplayCosts.slowdowns`. */
  readonly sharers: number[] = [];
  /** The work that runs, or the next to run. */
  next = 0;
  running = false;
  startNanos: Nanos = 0;
  endNanos: Nanos = 0;
  #remainingNanos = 0;
  #slowdown = 1;
  #updatedNanos = 0;

  constructor(works: readonly ScriptWork[]) {
    this.works = works;
  }

  /** Nothing runs, and nothing that was launched waits. */
  get idle(): boolean {
    return !this.running && this.readyNanos[this.next] === undefined;
  }

  /** A work that runs, or that was launched and waits, has prompt rows. */
  get hasPrompts(): boolean {
    for (let place = this.next; this.readyNanos[place] !== undefined; place++) {
      const { flags } = this.works[place]!.work;
      if (flags.some((flag) => (flag & RowFlag.Decode) === 0)) return true;
    }
    return false;
  }

  get current(): ScriptWork | undefined {
    return this.works[this.next];
  }

  start(now: Nanos, soloNanos: number): void {
    invariant(
      Number.isSafeInteger(soloNanos) && soloNanos >= 0,
      () =>
        `the prediction of work ${this.current?.work.id} is ${soloNanos}, not whole nanoseconds`,
    );
    this.running = true;
    this.startNanos = now;
    this.endNanos = now + soloNanos;
    this.#remainingNanos = soloNanos;
    this.#slowdown = 1;
    this.#updatedNanos = now;
  }

  end(): ScriptWork {
    this.running = false;
    return this.works[this.next++]!;
  }

  /** From now on the running work takes `slowdown` times as long. */
  setSlowdown(slowdown: number, now: Nanos): void {
    if (slowdown === this.#slowdown) return;
    // A work that waits for its gap to pass has not begun.
    const from = Math.max(now, this.#updatedNanos);
    this.#remainingNanos -= (from - this.#updatedNanos) / this.#slowdown;
    this.#updatedNanos = from;
    this.#slowdown = slowdown;
    const left = Math.max(0, this.#remainingNanos * slowdown - NOTHING_LEFT);
    this.endNanos = from + Math.ceil(left);
  }
}

/** Tells the running lanes how much they disturb each other now. */
export function disturb(lanes: readonly ReplayLane[], costs: ReplayCosts, now: Nanos): void {
  if (costs.slowdowns === undefined) return;
  const running = lanes.filter((lane) => lane.running);
  const factors = new Float64Array(running.length).fill(1);
  if (running.length > 1)
    costs.slowdowns(
      running.map((lane) => lane.current!.work),
      factors,
      running.map((lane) => lane.sharers[lane.next] ?? 1),
    );
  for (const [i, lane] of running.entries()) lane.setSlowdown(factors[i]!, now);
}
