import type { Action, Work } from '@flover/policy';
import type { MeasureRecord, TraceSink } from '@flover/trace';

/** A work and what was measured of it. */
export interface MeasuredWork {
  readonly work: Work;
  readonly measure: MeasureRecord;
  /**
   * When what made the scheduler launch it happened: an arrival, or a work's end on the device (the
   * host hears of it later).
   */
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
  let lastEnd: MeasureRecord | undefined;
  let happenedNanos = 0;
  return {
    works,
    event(event): void {
      const ended = event.kind === 'end' && lastEnd?.work === event.work ? lastEnd : undefined;
      happenedNanos = ended?.endNanos ?? event.timeNanos;
    },
    action(action: Action): void {
      if (action.kind !== 'launch') return;
      launched.set(action.work.id, { work: action.work, decidedNanos: happenedNanos });
    },
    measure(measure: MeasureRecord): void {
      lastEnd = measure;
      const launch = launched.get(measure.work);
      if (launch === undefined) return;
      launched.delete(measure.work);
      works.push({ ...launch, measure });
    },
    close(): void {},
  };
}
