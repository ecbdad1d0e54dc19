import type { Action, SchedulerEvent, Work } from '@flover/policy';
import type { MeasureRecord, TraceSink } from '@flover/trace';

/** A work and what was measured of it. */
export interface MeasuredWork {
  readonly work: Work;
  readonly measure: MeasureRecord;
  /** Time of the event that made the scheduler launch it. */
  readonly decidedNanos: number;
}

/** A sink that keeps the measured works of a run, for `calibrate`. */
export interface CalibrationRecorder extends TraceSink {
  readonly works: readonly MeasuredWork[];
}

/** Makes an empty recorder; works that never end are left out. */
export function calibrationRecorder(): CalibrationRecorder {
  const launched = new Map<number, { work: Work; decidedNanos: number }>();
  const works: MeasuredWork[] = [];
  return {
    works,
    event(_event: SchedulerEvent): void {},
    action(action: Action, timeNanos: number): void {
      if (action.kind !== 'launch') return;
      launched.set(action.work.id, { work: action.work, decidedNanos: timeNanos });
    },
    measure(measure: MeasureRecord): void {
      const launch = launched.get(measure.work);
      if (launch === undefined) return;
      launched.delete(measure.work);
      works.push({ ...launch, measure });
    },
    close(): void {},
  };
}
