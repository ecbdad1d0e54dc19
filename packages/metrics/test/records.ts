import { type Action, RowFlag, type SchedulerEvent, type Work } from '@flover/policy';
import type { MeasureRecord, TraceRecord } from '@flover/trace';

export const MS = 1e6;

type Row = readonly [sequence: number, from: number, to: number, flags: number];

export const DECODE = RowFlag.Decode | RowFlag.Samples;
export const LAST_PROMPT = RowFlag.Samples;

/** A work with these rows and nothing to move. */
export function work(
  id: number,
  lane: number,
  rows: readonly Row[],
  more: Partial<Work> = {},
): Work {
  return {
    id,
    lane,
    sequences: rows.map((row) => row[0]),
    from: rows.map((row) => row[1]),
    to: rows.map((row) => row[2]),
    flags: rows.map((row) => row[3]),
    deadRows: 0,
    swaps: [],
    moves: [],
    placements: [],
    forks: [],
    newTokens: rows.reduce((sum, [, from, to]) => sum + to - from, 0),
    decodeKvTokens: rows.reduce((sum, row) => sum + (row[3] & RowFlag.Decode ? row[2] : 0), 0),
    ...more,
  };
}

/** Writes a trace by hand; times in milliseconds. */
export class Scribe {
  readonly records: TraceRecord[] = [];
  #now = 0;

  event(event: SchedulerEvent): this {
    this.#now = event.timeNanos;
    this.records.push({ kind: 'event', event });
    return this;
  }

  arrive(ms: number, id: number, promptTokens: number, maxOutputTokens: number, width = 1): this {
    const lengths = { promptTokens, maxOutputTokens, width };
    const group = width === 1 ? 'single' : 'samples';
    const request = { id, arrivalNanos: ms * MS, group, ...lengths } as const;
    return this.event({ kind: 'arrive', timeNanos: ms * MS, request });
  }

  act(...actions: Action[]): this {
    for (const action of actions) {
      this.records.push({ kind: 'action', action, timeNanos: this.#now });
    }
    return this;
  }

  admit(request: number, firstSequence: number): this {
    return this.act({ kind: 'admit', request, firstSequence });
  }

  launch(launched: Work): this {
    return this.act({ kind: 'launch', work: launched });
  }

  finish(request: number, outputTokens: number, reason: 'length' | 'cancelled' = 'length'): this {
    return this.act({ kind: 'finish', request, reason, outputTokens });
  }

  /** Measure and end of a work, milliseconds; the host takes the end later if so told. */
  end(
    ended: Work,
    startMs: number,
    endMs: number,
    more: Partial<MeasureRecord> = {},
    takenMs = endMs,
  ): this {
    this.records.push({
      kind: 'measure',
      work: ended.id,
      lane: ended.lane,
      startNanos: startMs * MS,
      endNanos: endMs * MS,
      planNanos: 0,
      launchNanos: 0,
      movedBytes: 0,
      moveNanos: 0,
      kvReservedBytes: 0,
      kvUsedBytes: 0,
      ...more,
    });
    const { id, lane } = ended;
    return this.event({ kind: 'end', timeNanos: takenMs * MS, lane, work: id, stopped: [] });
  }
}
