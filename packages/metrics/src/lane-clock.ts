import { invariant, type Nanos, type Work } from '@flover/policy';
import type { MeasureRecord } from '@flover/trace';

/** One lane: what is queued on it, and how long it was busy. */
export class LaneClock {
  readonly index: number;
  iterations = 0;
  busyNanos = 0;
  /** When the work before the oldest unfinished one ended; NaN at first. */
  previousEndNanos = Number.NaN;
  /** Decode requests of the oldest unfinished work, or -1 while not counted. */
  decodeRequests = -1;
  #queue: Work[] = [];
  #head = 0;
  #measured: MeasureRecord | undefined;

  constructor(index: number) {
    this.index = index;
  }

  launch(work: Work): void {
    this.#queue.push(work);
  }

  measure(record: MeasureRecord, windowStart: Nanos): void {
    this.#measured = record;
    const start = record.startNanos > windowStart ? record.startNanos : windowStart;
    if (record.endNanos > start) this.busyNanos += record.endNanos - start;
  }

  /** The oldest unfinished work, if any. */
  get running(): Work | undefined {
    return this.#queue[this.#head];
  }

  /** When the oldest unfinished work began, as measured; `fallback` where it was not measured. */
  startOf(work: Work, fallback: Nanos): Nanos {
    return this.#measured?.work === work.id ? this.#measured.startNanos : fallback;
  }

  /** Takes the oldest unfinished work off the lane; it must be number `id`. */
  end(id: number): Work {
    const work = this.#queue[this.#head];
    invariant(
      work?.id === id,
      `lane ${this.index}: work ${id} ends but the oldest unfinished one is ${work?.id}`,
    );
    this.#head++;
    if (this.#head === this.#queue.length || this.#head === 64) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.decodeRequests = -1;
    this.iterations++;
    return work;
  }

  reset(): void {
    this.iterations = 0;
    this.busyNanos = 0;
  }
}
