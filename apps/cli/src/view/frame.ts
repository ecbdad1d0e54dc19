import type { Action, Nanos, SchedulerEvent } from '@flover/policy';
import type { MeasureRecord, TraceSink } from '@flover/trace';

/** One request's way through the iterations. */
export interface Flight {
  readonly request: number;
  /** Iteration in which it was admitted. */
  readonly firstIteration: number;
  /** Iteration in which it ended; undefined while in flight. */
  lastIteration: number | undefined;
  ended: string | undefined;
}

/** What a live view shows of a run at one moment. */
export interface Frame {
  readonly title: string;
  readonly timeNanos: Nanos;
  readonly iterations: number;
  readonly arrived: number;
  readonly finished: number;
  readonly refused: number;
  readonly total: number;
  /** Admitted and not ended, in order of admission; then the latest that ended. */
  readonly flights: readonly Flight[];
  readonly kvUsedBytes: number;
  readonly kvReservedBytes: number;
  readonly kvCapacityBytes: number;
  readonly moves: number;
  readonly movedBytes: number;
  readonly iterationNanos: number;
}

const SHOWN_FLIGHTS = 256;

/** Watches a run and can be asked for its frame at any time. */
export class FrameSink implements TraceSink {
  private readonly flights = new Map<number, Flight>();
  private timeNanos = 0;
  private iterations = 0;
  private arrived = 0;
  private finished = 0;
  private refused = 0;
  private moves = 0;
  private movedBytes = 0;
  private iterationNanos = 0;
  private kvUsedBytes = 0;
  private kvReservedBytes = 0;
  private readonly title: string;
  private readonly total: number;
  private readonly kvCapacityBytes: number;
  private readonly changed: (sink: FrameSink) => void;

  constructor(
    title: string,
    total: number,
    kvCapacityBytes: number,
    changed: (sink: FrameSink) => void,
  ) {
    this.title = title;
    this.total = total;
    this.kvCapacityBytes = kvCapacityBytes;
    this.changed = changed;
  }

  event(event: SchedulerEvent): void {
    this.timeNanos = event.timeNanos;
    if (event.kind === 'arrive') this.arrived++;
  }

  action(action: Action): void {
    if (action.kind === 'launch') {
      this.moves += action.work.moves.length;
    } else if (action.kind === 'admit') {
      this.flights.set(action.request, {
        request: action.request,
        firstIteration: this.iterations,
        lastIteration: undefined,
        ended: undefined,
      });
    } else if (action.kind === 'refuse') {
      this.refused++;
    } else if (action.kind === 'finish') {
      this.finished++;
      const flight = this.flights.get(action.request);
      if (flight) {
        flight.lastIteration = this.iterations;
        flight.ended = action.reason;
      }
      if (this.flights.size > SHOWN_FLIGHTS) this.forgetOldest();
    }
  }

  measure(record: MeasureRecord): void {
    this.iterations++;
    this.iterationNanos = record.endNanos - record.startNanos;
    this.movedBytes += record.movedBytes;
    this.kvUsedBytes = record.kvUsedBytes;
    this.kvReservedBytes = record.kvReservedBytes;
  }

  /** Showing takes up to milliseconds, which an event must not wait for. */
  idle(): void {
    this.changed(this);
  }

  close(): void {
    this.changed(this);
  }

  frame(): Frame {
    return {
      title: this.title,
      timeNanos: this.timeNanos,
      iterations: this.iterations,
      arrived: this.arrived,
      finished: this.finished,
      refused: this.refused,
      total: this.total,
      flights: [...this.flights.values()],
      kvUsedBytes: this.kvUsedBytes,
      kvReservedBytes: this.kvReservedBytes,
      kvCapacityBytes: this.kvCapacityBytes,
      moves: this.moves,
      movedBytes: this.movedBytes,
      iterationNanos: this.iterationNanos,
    };
  }

  private forgetOldest(): void {
    for (const [id, flight] of this.flights) {
      if (flight.lastIteration === undefined) continue;
      this.flights.delete(id);
      return;
    }
  }
}
