import type { Nanos } from '@flover/policy';

/** Time integrals of the number of requests in the system and waiting for admission. */
export class Presence {
  /** The integrals up to the last `mark`, request-nanoseconds. */
  inSystemNanos = 0;
  waitingNanos = 0;
  #inSystem = 0;
  #waiting = 0;
  #since = Number.NaN;

  /** Until `now` there were `inSystem` requests, `waiting` of them not admitted. */
  advance(now: Nanos, inSystem: number, waiting: number): void {
    const elapsed = now - this.#since;
    this.#since = now;
    if (!(elapsed > 0)) return;
    this.#inSystem += inSystem * elapsed;
    this.#waiting += waiting * elapsed;
  }

  /** Somebody who came to be known just now had been waiting for so long. */
  wait(nanos: Nanos): void {
    if (!(nanos > 0)) return;
    this.#inSystem += nanos;
    this.#waiting += nanos;
  }

  /** Something ended at the time last given to `advance`: the makespan reaches to here. */
  mark(): void {
    this.inSystemNanos = this.#inSystem;
    this.waitingNanos = this.#waiting;
  }

  /** Forgets what was before `now`. */
  reset(now: Nanos): void {
    this.#inSystem = 0;
    this.#waiting = 0;
    this.mark();
    this.#since = now;
  }
}
