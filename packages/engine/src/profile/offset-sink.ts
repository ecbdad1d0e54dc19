import type { Action, Nanos, SchedulerEvent } from '@flover/policy';
import type { MeasureRecord, TraceSink } from '@flover/trace';

/**
 * Joins the runs of a profile into one: each run's clock and work numbers go on where those of the
 * run before ended, so that no two works seem to have run side by side that did not.
 */
export class OffsetSink implements TraceSink {
  readonly #sink: TraceSink;
  #offsetNanos = 0;
  #offsetWorks = 0;
  #latestNanos = 0;
  #works = 0;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  /** Time and works so far, over all runs. */
  get totals(): { readonly nanos: Nanos; readonly works: number } {
    return { nanos: this.#latestNanos, works: this.#works };
  }

  event(event: SchedulerEvent): void {
    const timeNanos = this.#at(event.timeNanos);
    const work = event.kind === 'end' ? { work: event.work + this.#offsetWorks } : {};
    this.#sink.event({ ...event, timeNanos, ...work } as SchedulerEvent);
  }

  action(action: Action, timeNanos: Nanos): void {
    if (action.kind !== 'launch') {
      this.#sink.action(action, this.#at(timeNanos));
      return;
    }
    this.#works += 1;
    const work = { ...action.work, id: action.work.id + this.#offsetWorks };
    this.#sink.action({ kind: 'launch', work }, this.#at(timeNanos));
  }

  measure(record: MeasureRecord): void {
    this.#sink.measure({
      ...record,
      work: record.work + this.#offsetWorks,
      startNanos: this.#at(record.startNanos),
      endNanos: this.#at(record.endNanos),
    });
  }

  /** One run ended; the next begins after it. */
  close(): void {
    this.#offsetNanos = this.#latestNanos + 1;
    this.#offsetWorks = this.#works;
  }

  #at(timeNanos: Nanos): Nanos {
    const at = timeNanos + this.#offsetNanos;
    this.#latestNanos = Math.max(this.#latestNanos, at);
    return at;
  }
}
