import type { Work } from '@flover/policy';
import type { MeasureRecord, TraceSink } from '@flover/trace';

/** A work and what was measured of it. */
export interface MeasuredWork {
  readonly work: Work;
  readonly measure: MeasureRecord;
  /** When the host heard of what made the scheduler launch it. */
  readonly decidedNanos: number;
  /** When the host heard of its end. */
  readonly heardNanos?: number;
  /** The run that it was measured in. */
  readonly run?: string;
}

/** A sink that keeps the measured works of one run or several, for `calibrate`. */
export interface CalibrationRecorder extends TraceSink {
  readonly works: readonly MeasuredWork[];
  /** What comes from now on belongs to the run of this name. */
  begin(run: string): void;
}

/** Makes an empty recorder; works that never end are left out. */
export function calibrationRecorder(): CalibrationRecorder {
  const launched = new Map<number, { work: Work; decidedNanos: number; run?: string }>();
  const works: MeasuredWork[] = [];
  let run: string | undefined;
  let heardNanos = 0;
  return {
    works,
    begin(name): void {
      run = name;
    },
    event(event): void {
      heardNanos = event.timeNanos;
      const last = works.length - 1;
      if (event.kind !== 'end' || works[last]?.work.id !== event.work) return;
      works[last] = { ...works[last], heardNanos };
    },
    action(action): void {
      if (action.kind !== 'launch') return;
      const named = run === undefined ? {} : { run };
      launched.set(action.work.id, { work: action.work, decidedNanos: heardNanos, ...named });
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
