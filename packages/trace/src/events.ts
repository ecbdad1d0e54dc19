import type { Action, Nanos, SchedulerEvent } from '@flover/policy';

/** First line of a trace. */
export interface HeaderRecord {
  readonly kind: 'header';
  readonly format: 'flover-trace';
  readonly version: 1;
  /** 'simulator' or 'engine'. */
  readonly world: 'simulator' | 'engine';
  /** All that a fresh scheduler needs to replay this run (`SchedulerConfig` of `@flover/policy`). */
  readonly scheduler: unknown;
}

/** What the executor measured (or predicted) of one work. */
export interface MeasureRecord {
  readonly kind: 'measure';
  readonly work: number;
  readonly lane: number;
  /** Execution on the device, run clock. */
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  /** Host time that the scheduler took to plan this work. */
  readonly planNanos: number;
  /** Host time of the native call that launched it. */
  readonly launchNanos: number;
  /** Host time from seeing its end to telling the scheduler; missing where that was not measured. */
  readonly takeNanos?: number;
  readonly movedBytes: number;
  readonly moveNanos: number;
  /** KV memory reserved by sequences and filled by tokens when the work was launched. */
  readonly kvReservedBytes: number;
  readonly kvUsedBytes: number;
}

/** Last line of a trace that was not cut off. */
export interface FooterRecord {
  readonly kind: 'footer';
  readonly timeNanos: Nanos;
  readonly outcome: 'complete' | 'cancelled' | 'failed';
  readonly message?: string;
}

/**
 * Where an executor tells what happens, as it happens.
 *
 * For each event: `event`, then its actions in order. `measure` comes with the end of its work,
 * before the end event; `idle` when nothing is left to do before the next event. Trace files, metrics and live views are all sinks; `tee` joins them.
 */
export interface TraceSink {
  event(event: SchedulerEvent): void;
  action(action: Action, timeNanos: Nanos): void;
  measure(record: MeasureRecord): void;
  /** All that is known is carried out: what takes long, such as a write, holds up least now. */
  idle?(): void;
  close(footer: FooterRecord): void;
}
