import { cpus, loadavg } from 'node:os';
import { RowFlag, type Work } from '@flover/policy';
import type { MeasureRecord, TraceSink } from '@flover/trace';
import { MetricsCollector } from '../src/index.ts';

const ROWS = 64;
const ITERATIONS = 300_000;
const ROUNDS = 12;
/** A request joins and another leaves every so many iterations: 192 tokens each. */
const TURNOVER = 3;
const DURATION_NANOS = 2_500_000;

const FLAGS = Array.from({ length: ROWS }, () => RowFlag.Decode | RowFlag.Samples);
const NONE: readonly never[] = [];
const NOBODY: readonly number[] = [];

/** A full fused decode lane: `ROWS` sequences, one replaced every `TURNOVER` iterations. */
function fusedDecode(sink: TraceSink, shareArrays: boolean): void {
  let live: number[] = [];
  let next = 0;
  let now = 0;
  const join = () => {
    const lengths = { promptTokens: 64, maxOutputTokens: 512, group: 'single', width: 1 } as const;
    const request = { id: next, arrivalNanos: now, ...lengths };
    sink.event({ kind: 'arrive', timeNanos: now, request });
    sink.action({ kind: 'admit', request: next, firstSequence: next }, now);
    live.push(next++);
  };
  for (let i = 0; i < ROWS; i++) join();
  for (let id = 0; id < ITERATIONS; id++) {
    sink.action({ kind: 'launch', work: decodeWork(id, live, shareArrays) }, now);
    now += DURATION_NANOS + (id % 7) * 1000;
    sink.measure(measureOf(id, now));
    sink.event({ kind: 'end', timeNanos: now, lane: 0, work: id, stopped: NOBODY });
    if (id % TURNOVER > 0) continue;
    live = live.slice();
    const request = live.splice((id * 17) % ROWS, 1)[0]!;
    sink.action({ kind: 'finish', request, reason: 'length', outputTokens: 192 }, now);
    join();
  }
}

// Literals in full: spreading would cost more than what is measured here.
function decodeWork(id: number, live: readonly number[], share: boolean): Work {
  return {
    id,
    lane: 0,
    sequences: share ? live : live.slice(),
    from: live,
    to: live,
    flags: share ? FLAGS : FLAGS.slice(),
    deadRows: 0,
    swaps: NONE,
    moves: NONE,
    placements: NONE,
    forks: NONE,
    newTokens: ROWS,
    decodeKvTokens: ROWS * 101,
  };
}

function measureOf(work: number, endNanos: number): MeasureRecord {
  return {
    kind: 'measure',
    work,
    lane: 0,
    startNanos: endNanos - DURATION_NANOS,
    endNanos,
    planNanos: 900,
    launchNanos: 800,
    movedBytes: 0,
    moveNanos: 0,
    kvReservedBytes: 2 ** 34,
    kvUsedBytes: 2 ** 33,
  };
}

/** Processor time, least of all rounds: other programs on the machine only ever add to it. */
function nanosPerIteration(makeSink: () => TraceSink, shareArrays: boolean): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const sink = makeSink();
    const start = process.cpuUsage();
    fusedDecode(sink, shareArrays);
    least = Math.min(least, (process.cpuUsage(start).user * 1000) / ITERATIONS);
  }
  return least;
}

/** Keeps only the last record, so that the driver has to make every one of them. */
class LastRecord implements TraceSink {
  last: unknown;
  event(event: unknown): void {
    this.last = event;
  }
  action(action: unknown): void {
    this.last = action;
  }
  measure(record: unknown): void {
    this.last = record;
  }
  close(): void {}
}

console.log(
  `${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
// The driver's own cost, making the records, is measured apart and taken off.
for (const shareArrays of [false, true]) {
  const driver = nanosPerIteration(() => new LastRecord(), shareArrays);
  const whole = nanosPerIteration(() => new MetricsCollector(), shareArrays);
  console.log(
    `collector: ${(whole - driver).toFixed(0)} ns/iteration at ${ROWS} rows ` +
      `(${shareArrays ? 'works of unchanged rows share arrays' : 'arrays of its own in each work'}; ` +
      `best of ${ROUNDS}; the driver alone takes ${driver.toFixed(0)} ns)`,
  );
}
