import type { Work } from '@flover/policy';
import type { MeasureRecord } from '@flover/trace';
import { Histogram } from './histogram.ts';

/** Sums over iterations: rows, memory, moves, host time. */
export class Occupancy {
  readonly durations = new Histogram();
  /** Policy plus binding of each measured iteration. */
  readonly hostTimes = new Histogram();
  iterations = 0;
  decodeIterations = 0;
  rows = 0;
  holeRows = 0;
  lateRows = 0;
  /** Sum over decode iterations of the requests being decoded when it ended. */
  activeRequests = 0;
  measured = 0;
  busyNanos = 0;
  kvReservedByteNanos = 0;
  kvUsedByteNanos = 0;
  kvReservedBytesPeak = 0;
  kvUsedBytesPeak = 0;
  planNanos = 0;
  launchNanos = 0;
  moves = 0;
  movedBytes = 0;
  moveNanos = 0;
  swapPreemptions = 0;
  recomputePreemptions = 0;

  /** `lateRows` of the work's rows were of sequences that had ended before it did. */
  ended(work: Work, lateRows: number, measure: MeasureRecord | undefined): void {
    this.iterations++;
    this.rows += work.sequences.length + work.deadRows;
    this.holeRows += work.deadRows;
    this.lateRows += lateRows;
    this.moves += work.moves.length;
    if (measure !== undefined) this.#measure(measure);
  }

  #measure(record: MeasureRecord): void {
    const duration = record.endNanos - record.startNanos;
    const { kvReservedBytes, kvUsedBytes } = record;
    this.durations.record(duration, 1);
    this.measured++;
    this.busyNanos += duration;
    this.kvReservedByteNanos += kvReservedBytes * duration;
    this.kvUsedByteNanos += kvUsedBytes * duration;
    if (kvReservedBytes > this.kvReservedBytesPeak) this.kvReservedBytesPeak = kvReservedBytes;
    if (kvUsedBytes > this.kvUsedBytesPeak) this.kvUsedBytesPeak = kvUsedBytes;
    this.planNanos += record.planNanos;
    this.launchNanos += record.launchNanos;
    this.hostTimes.record(hostNanos(record), 1);
    this.movedBytes += record.movedBytes;
    this.moveNanos += record.moveNanos;
  }

  /** A decode iteration ended while `requests` requests were being decoded, over all lanes. */
  decoded(requests: number): void {
    this.decodeIterations++;
    this.activeRequests += requests;
  }

  preempt(by: 'swap' | 'recompute'): void {
    if (by === 'swap') this.swapPreemptions++;
    else this.recomputePreemptions++;
  }
}

/** Host time that a work cost: planned, launched, its end taken; ns, whole. */
function hostNanos({ planNanos, launchNanos, takeNanos = 0 }: MeasureRecord): number {
  return Math.max(0, Math.round(planNanos + launchNanos + takeNanos));
}
