import { invariant, type Nanos, type Work } from '@flover/policy';
import type { MeasureRecord } from '@flover/trace';

/** One lane: what is queued on it, and how long it was busy. */
export class LaneClock {
  readonly index: number;
  iterations = 0;
  busyNanos = 0;
  /** Live decode rows of the oldest unfinished work, or -1 while not counted. */
  decodeRows = -1;
  /** A ring whose length is a power of two; works stand from `#head` to below `#tail`. */
  #ring: (Work | undefined)[] = [undefined, undefined, undefined, undefined];
  #head = 0;
  #tail = 0;
  #measured: MeasureRecord | undefined;

  constructor(index: number) {
    this.index = index;
  }

  launch(work: Work): void {
    if (this.#tail - this.#head === this.#ring.length) this.#widen();
    this.#ring[this.#tail++ & (this.#ring.length - 1)] = work;
  }

  /** Keeps what was measured until the end of the work is told. */
  measure(record: MeasureRecord): void {
    this.#measured = record;
  }

  /** What was measured of a work that has ended; the lane was busy with it from `windowStart` on. */
  takeMeasure(work: Work, windowStart: Nanos): MeasureRecord | undefined {
    const record = this.#measured;
    this.#measured = undefined;
    if (record?.work !== work.id) return undefined;
    const start = record.startNanos > windowStart ? record.startNanos : windowStart;
    if (record.endNanos > start) this.busyNanos += record.endNanos - start;
    return record;
  }

  /** The oldest unfinished work, if any. */
  get running(): Work | undefined {
    return this.#ring[this.#head & (this.#ring.length - 1)];
  }

  /** Takes the oldest unfinished work off the lane; it must be number `id`. */
  end(id: number): Work {
    const work = this.running;
    invariant(
      work?.id === id,
      () => `lane ${this.index}: work ${id} ends but the oldest unfinished one is ${work?.id}`,
    );
    this.#ring[this.#head++ & (this.#ring.length - 1)] = undefined;
    this.decodeRows = -1;
    this.iterations++;
    return work;
  }

  #widen(): void {
    const works = this.#ring.map((_, i) => this.#ring[(this.#head + i) % this.#ring.length]);
    this.#ring = [...works, ...works.map(() => undefined)];
    this.#tail -= this.#head;
    this.#head = 0;
  }

  reset(): void {
    this.iterations = 0;
    this.busyNanos = 0;
  }
}
