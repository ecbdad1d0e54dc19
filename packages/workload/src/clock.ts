/**
 * Adds up floating-point gaps without drift and gives whole nanoseconds.
 *
 * Neumaier's compensated sum keeps the rounding error of a million additions below one; what is
 * rounded is the absolute time, never a gap, so rounding errors do not add up either.
 */
export class ExactClock {
  #sum = 0;
  #compensation = 0;

  /** Moves on by `gapNanos` (not negative, need not be whole). */
  advance(gapNanos: number): void {
    const total = this.#sum + gapNanos;
    this.#compensation +=
      this.#sum >= gapNanos ? this.#sum - total + gapNanos : gapNanos - total + this.#sum;
    this.#sum = total;
  }

  /** The time without rounding to whole nanoseconds. */
  get exactNanos(): number {
    return this.#sum + this.#compensation;
  }

  /** The time, whole nanoseconds. */
  get nanos(): number {
    return Math.round(this.#sum + this.#compensation);
  }
}
