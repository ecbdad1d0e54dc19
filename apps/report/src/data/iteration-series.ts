import type { Work } from '@flover/policy';
import type { MeasureRecord } from '@flover/trace';
import type { IterationSeries } from './report-data.ts';

const KEYS = [
  'startMicros',
  'durationMicros',
  'lane',
  'rows',
  'active',
  'waiting',
  'kvUsedBytes',
  'kvReservedBytes',
] as const;

/** Collects the iterations of a run, and gives them evenly thinned. */
export class IterationRecorder {
  readonly #columns = Object.fromEntries(KEYS.map((key) => [key, [] as number[]])) as Record<
    (typeof KEYS)[number],
    number[]
  >;

  ran(work: Work, measure: MeasureRecord, active: number, waiting: number): void {
    const columns = this.#columns;
    columns.startMicros.push(Math.round(measure.startNanos / 1000));
    columns.durationMicros.push(Math.round((measure.endNanos - measure.startNanos) / 1000));
    columns.lane.push(work.lane);
    columns.rows.push(work.sequences.length);
    columns.active.push(active);
    columns.waiting.push(waiting);
    columns.kvUsedBytes.push(measure.kvUsedBytes);
    columns.kvReservedBytes.push(measure.kvReservedBytes);
  }

  /** At most `limit` iterations: the first and then each n-th. */
  series(limit: number): IterationSeries {
    const total = this.#columns.lane.length;
    const every = Math.max(1, Math.ceil(total / limit));
    const thinned = (column: number[]) => column.filter((_, i) => i % every === 0);
    const columns = Object.fromEntries(KEYS.map((key) => [key, thinned(this.#columns[key])]));
    return { total, ...(columns as Record<(typeof KEYS)[number], number[]>) };
  }
}
