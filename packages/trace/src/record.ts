import type { Action, Nanos, SchedulerEvent } from '@flover/policy';
import type { FooterRecord, HeaderRecord, MeasureRecord } from './events.ts';

/** Something the scheduler was told. */
export interface EventRecord {
  readonly kind: 'event';
  readonly event: SchedulerEvent;
}

/** Something the scheduler decided, and when it was carried out. */
export interface ActionRecord {
  readonly kind: 'action';
  readonly action: Action;
  readonly timeNanos: Nanos;
}

/** Stands where the footer should: the run was killed, or the file was cut off. */
export interface CutOffRecord {
  readonly kind: 'cut-off';
  /** The line that is not whole, or the one that is missing; 1-based. */
  readonly line: number;
  readonly reason: 'partial-line' | 'no-footer';
}

/** One line of a trace, decoded; the last one read is always a footer or a cut-off. */
export type TraceRecord =
  | HeaderRecord
  | EventRecord
  | ActionRecord
  | MeasureRecord
  | FooterRecord
  | CutOffRecord;
