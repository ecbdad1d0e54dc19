import type { Comparison, WorldName } from '@flover/metrics';

/** Single requests of a run as parallel arrays, in order of number; times since the run began. */
export interface RequestDetail {
  /** Requests that arrived; more than are listed where a long run was thinned. */
  readonly total: number;
  readonly id: readonly number[];
  readonly outcome: readonly OutcomeName[];
  readonly promptTokens: readonly number[];
  readonly outputTokens: readonly number[];
  readonly arrivalMicros: readonly number[];
  /** Null where the moment was never reached. */
  readonly admittedMicros: readonly (number | null)[];
  readonly firstTokenMicros: readonly (number | null)[];
  readonly endMicros: readonly (number | null)[];
  /** Of the first sequence, where it was computed first; null where it never was. */
  readonly slot: readonly (number | null)[];
  readonly tpotMicros: readonly (number | null)[];
}

export type OutcomeName = 'served' | 'cancelled' | 'refused' | 'unfinished';

/** What a slot does; a slot without a span is free. */
export type Phase = 'prefill' | 'decode' | 'move' | 'idle';

/** Spans of slots as parallel arrays. */
export interface SlotSpans {
  readonly slot: readonly number[];
  readonly request: readonly number[];
  /** The highest number where several short spans were merged, else that of `request`. */
  readonly lastRequest: readonly number[];
  readonly phase: readonly Phase[];
  readonly startMicros: readonly number[];
  readonly endMicros: readonly number[];
  /** Tokens computed, or moved. */
  readonly tokens: readonly number[];
  /** Spans that were merged to this one; 1 for a span that stands for itself. */
  readonly count: readonly number[];
}

/** The iterations of a run as parallel arrays in order of their ends; a long list is thinned. */
export interface IterationSeries {
  /** Iterations that ran; more than are listed where they were thinned. */
  readonly total: number;
  readonly startMicros: readonly number[];
  readonly durationMicros: readonly number[];
  readonly lane: readonly number[];
  readonly rows: readonly number[];
  /** Sequences admitted and not released, and requests waiting, when the iteration ended. */
  readonly active: readonly number[];
  readonly waiting: readonly number[];
  readonly kvUsedBytes: readonly number[];
  readonly kvReservedBytes: readonly number[];
}

/** All that is drawn of one run: plain JSON of bounded size. */
export interface RunDetail {
  readonly world: WorldName;
  /** 'slot', or 'row' where memory is paged and a sequence has no one place. */
  readonly place: 'slot' | 'row';
  readonly places: number;
  readonly outcome: 'complete' | 'cancelled' | 'failed';
  readonly endMicros: number;
  readonly requests: RequestDetail;
  readonly spans: SlotSpans;
  readonly iterations: IterationSeries;
}

/** One experiment: its comparison and what is drawn of its runs, by `CellRun.folder`. */
export interface ReportData {
  readonly comparison: Comparison;
  readonly runs: Readonly<Record<string, RunDetail>>;
  /** The sign of a policy by its label. */
  readonly signs: (label: string) => number;
}
