import { type Action, RowFlag, type SchedulerEvent, type Work } from '@flover/policy';
import type { MeasureRecord } from '@flover/trace';
import { Bench } from 'tinybench';
import { MetricsCollector } from '../src/index.ts';

const ROWS = 64;
const ITERATIONS = 4096;
/** A request joins and another leaves every so many iterations: 64 rows of 192 tokens each. */
const TURNOVER = 3;
const DURATION_NANOS = 2_500_000;

type Moment = { event?: SchedulerEvent; measure?: MeasureRecord; actions: Action[] };

/** A full fused decode lane: `ROWS` sequences, one replaced every `TURNOVER` iterations. */
function fusedDecode(): Moment[] {
  const moments: Moment[] = [];
  const live: number[] = [];
  let next = 0;
  let now = 0;
  const join = () => {
    const request = { id: next, arrivalNanos: now, promptTokens: 64, maxOutputTokens: 512 };
    const view = { ...request, group: 'single' as const, width: 1 };
    const event: SchedulerEvent = { kind: 'arrive', timeNanos: now, request: view };
    moments.push({ event, actions: [{ kind: 'admit', request: next, firstSequence: next }] });
    live.push(next++);
  };
  for (let i = 0; i < ROWS; i++) join();
  for (let id = 0; id < ITERATIONS; id++) {
    moments.push({ actions: [{ kind: 'launch', work: decodeWork(id, live) }] });
    now += DURATION_NANOS + (id % 7) * 1000;
    const event: SchedulerEvent = { kind: 'end', timeNanos: now, lane: 0, work: id, stopped: [] };
    const actions: Action[] = [];
    if (id % TURNOVER === 0) {
      const request = live.splice((id * 17) % ROWS, 1)[0]!;
      actions.push({ kind: 'finish', request, reason: 'length', outputTokens: 192 });
    }
    moments.push({ measure: measureOf(id, now), event, actions });
    if (id % TURNOVER === 0) join();
  }
  return moments;
}

function decodeWork(id: number, live: readonly number[]): Work {
  const sequences = [...live];
  const flags = sequences.map(() => RowFlag.Decode | RowFlag.Samples);
  const from = sequences.map(() => 100);
  const to = sequences.map(() => 101);
  const none = { swaps: [], moves: [], placements: [], forks: [] };
  const rest = { deadRows: 0, newTokens: ROWS, decodeKvTokens: ROWS * 101, ...none };
  return { id, lane: 0, sequences, from, to, flags, ...rest };
}

function measureOf(work: number, endNanos: number): MeasureRecord {
  const times = {
    startNanos: endNanos - DURATION_NANOS,
    endNanos,
    planNanos: 900,
    launchNanos: 800,
  };
  const memory = { movedBytes: 0, moveNanos: 0, kvReservedBytes: 2 ** 34, kvUsedBytes: 2 ** 33 };
  return { kind: 'measure', work, lane: 0, ...times, ...memory };
}

function collect(moments: readonly Moment[]): MetricsCollector {
  const collector = new MetricsCollector();
  for (const { event, measure, actions } of moments) {
    if (measure) collector.measure(measure);
    if (event) collector.event(event);
    for (const action of actions) collector.action(action, event?.timeNanos ?? 0);
  }
  return collector;
}

const moments = fusedDecode();
const bench = new Bench({ time: 2000, warmupTime: 500 });
bench.add(`${ROWS} rows`, () => collect(moments));
await bench.run();
const result = bench.tasks[0]!.result;
if (result.state !== 'completed') throw new Error(`the benchmark is ${result.state}`);
const nanos = (milliseconds: number) => (milliseconds * 1e6) / ITERATIONS;
const { generatedTokens } = collect(moments).summary().values;
console.log(
  `collector: ${nanos(result.latency.p50).toFixed(0)} ns/iteration (median), ` +
    `${nanos(result.latency.min).toFixed(0)} (fastest), ${ROWS} rows, ` +
    `a join and an end every ${TURNOVER} iterations, ${generatedTokens} tokens`,
);
