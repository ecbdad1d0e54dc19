import { type Action, RowFlag, type SchedulerEvent, type Work } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';

/** A run small enough to be followed by hand. */
export interface TinyRun {
  readonly world: 'simulator' | 'engine';
  readonly slots: number;
  /** Arrival in milliseconds and output tokens of each request; every prompt has four tokens. */
  readonly requests: readonly (readonly [arrivalMs: number, outputTokens: number])[];
  /** A prefill takes three of these, a decode iteration one, a move a fifth. */
  readonly unitNanos: number;
}

interface Live {
  readonly id: number;
  slot: number;
  made: number;
  readonly outputTokens: number;
}

const PROMPT = 4;
const SLOT_BYTES = 1024;

/** Writes the trace of a plain server: prefill alone, decode all, and fill slot 0 when it is left. */
class TinyServer {
  readonly records: TraceRecord[] = [];
  readonly #run: TinyRun;
  readonly #live: Live[] = [];
  #now = 0;
  #arrived = 0;
  #admitted = 0;
  #works = 0;

  constructor(run: TinyRun) {
    this.#run = run;
    const kind = 'contiguous';
    this.records.push({
      kind: 'header',
      format: 'flover-trace',
      version: 1,
      world: run.world,
      scheduler: { memory: { kind, slots: run.slots } },
    });
  }

  serve(): TraceRecord[] {
    const { requests, slots } = this.#run;
    while (this.#admitted < requests.length || this.#live.length > 0) {
      const idle = this.#live.length === 0 && this.#admitted === this.#arrived;
      if (idle) this.#now = Math.max(this.#now, requests[this.#arrived]![0] * 1e6);
      this.#arrivals(this.#now);
      if (this.#admitted < this.#arrived && this.#live.length < slots) this.#prefill();
      else this.#decode();
    }
    this.records.push({ kind: 'footer', timeNanos: this.#now, outcome: 'complete' });
    return this.records;
  }

  #prefill(): void {
    const id = this.#admitted++;
    const taken = new Set(this.#live.map(({ slot }) => slot));
    let slot = 0;
    while (taken.has(slot)) slot++;
    const live = { id, slot, made: 0, outputTokens: this.#run.requests[id]![1] };
    this.#live.push(live);
    this.#act({ kind: 'admit', request: id, firstSequence: id });
    const placements = [{ sequence: id, index: 0, block: slot }];
    this.#iterate([live], { from: [0], to: [PROMPT], flags: [RowFlag.Samples], placements }, 3);
  }

  #decode(): void {
    const rows = [...this.#live];
    const mover = rows.some(({ slot }) => slot === 0) ? undefined : rows[0];
    const moves = mover
      ? [{ sequence: mover.id, index: 0, fromBlock: mover.slot, toBlock: 0, tokens: PROMPT }]
      : [];
    if (mover) mover.slot = 0;
    const to = rows.map(({ made }) => PROMPT + made);
    const flags = rows.map(() => RowFlag.Decode | RowFlag.Samples);
    this.#iterate(rows, { from: to.map((t) => t - 1), to, flags, moves }, 1);
  }

  #iterate(rows: readonly Live[], part: Partial<Work>, units: number): void {
    const id = this.#works++;
    const none = { deadRows: 0, swaps: [], moves: [], placements: [], forks: [] };
    const sums = { newTokens: rows.length, decodeKvTokens: 0 };
    const sequences = rows.map((row) => row.id);
    const work = { ...none, ...sums, id, lane: 0, sequences, ...part } as Work;
    this.#act({ kind: 'launch', work });
    const startNanos = this.#now;
    const moveNanos = (work.moves.length * this.#run.unitNanos) / 5;
    this.#now += units * this.#run.unitNanos + moveNanos;
    this.#arrivals(this.#now);
    this.records.push({
      ...{ kind: 'measure', work: id, lane: 0, startNanos, endNanos: this.#now, moveNanos },
      ...{ planNanos: 0, launchNanos: 0, movedBytes: 0 },
      kvReservedBytes: this.#live.length * SLOT_BYTES,
      kvUsedBytes: rows.length * 100,
    } as TraceRecord);
    this.#tell({ kind: 'end', timeNanos: this.#now, lane: 0, work: id, stopped: [] });
    for (const row of rows) this.#token(row);
  }

  #token(row: Live): void {
    if (++row.made < row.outputTokens) return;
    const { id, outputTokens } = row;
    this.#live.splice(this.#live.indexOf(row), 1);
    this.#act({ kind: 'finish', request: id, reason: 'length', outputTokens });
    this.#act({ kind: 'release', sequence: id });
  }

  #arrivals(until: number): void {
    const { requests } = this.#run;
    for (; this.#arrived < requests.length; this.#arrived++) {
      const [arrivalMs, maxOutputTokens] = requests[this.#arrived]!;
      const timeNanos = arrivalMs * 1e6;
      if (timeNanos > until) return;
      const view = { id: this.#arrived, arrivalNanos: timeNanos, promptTokens: PROMPT };
      const request = { ...view, maxOutputTokens, group: 'single', width: 1 } as const;
      this.#tell({ kind: 'arrive', timeNanos, request });
    }
  }

  #tell(event: SchedulerEvent): void {
    this.records.push({ kind: 'event', event });
  }

  #act(action: Action): void {
    this.records.push({ kind: 'action', timeNanos: this.#now, action });
  }
}

/** The trace of a tiny run. */
export function tinyTrace(run: Partial<TinyRun> = {}): TraceRecord[] {
  const requests = [
    [0, 2],
    [0, 4],
    [2, 2],
  ] as const;
  const usual = { world: 'engine', slots: 2, requests, unitNanos: 1e6 } as const;
  return new TinyServer({ ...usual, ...run }).serve();
}
