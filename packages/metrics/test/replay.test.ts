import { memorySink, playTrace, type TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareLaunches,
  MetricsCollector,
  type ReplayCosts,
  replayDecisions,
  requestErrors,
  splitErrors,
} from '../src/index.ts';
import { type Case, cases, durationOf, runCase, schedulerOf } from './arbitraries.ts';
import { execute } from './executor.ts';
import { DECODE, LAST_PROMPT, MS, Scribe, work } from './records.ts';

const RUNS = { numRuns: 100 };

function replay(records: readonly TraceRecord[], costs: ReplayCosts): readonly TraceRecord[] {
  const sink = memorySink();
  replayDecisions(records, costs, sink);
  return sink.records;
}

function collect(records: readonly TraceRecord[]): MetricsCollector {
  const collector = new MetricsCollector();
  playTrace(records, collector);
  return collector;
}

function launches(records: readonly TraceRecord[], lane: number): unknown[] {
  return records.flatMap((record) =>
    record.kind === 'action' && record.action.kind === 'launch' && record.action.work.lane === lane
      ? [record.action.work]
      : [],
  );
}

describe('a replay of recorded decisions', () => {
  it('with the durations of the run is the run', () => {
    fc.assert(
      fc.property(cases, (testCase) => {
        const records = runCase(testCase);
        const predictNanos = durationOf(testCase.seed);
        const again = replay(records, { predictNanos });
        const ignoreHost = (r: TraceRecord) =>
          r.kind === 'measure' ? { ...r, planNanos: 0, launchNanos: 0, moveNanos: 0 } : r;
        expect(again.map(ignoreHost)).toEqual(records.map(ignoreHost));
      }),
      RUNS,
    );
  });

  it('with the host time of the run too is the run', () => {
    fc.assert(
      fc.property(cases, fc.nat(900), (testCase, host) => {
        const durationNanos = durationOf(testCase.seed);
        const hostNanos = () => host;
        const records = execute(testCase.requests, schedulerOf(testCase), {
          durationNanos,
          hostNanos,
        });
        const costs = { predictNanos: durationNanos, launchNanos: hostNanos };
        const { values } = collect(replay(records, costs)).summary();
        const truth = collect(records).summary().values;
        expect(values.e2eMsMean).toBe(truth.e2eMsMean);
        expect(values.ttftMsMax).toBe(truth.ttftMsMax);
        expect(values.makespanSeconds).toBe(truth.makespanSeconds);
      }),
      RUNS,
    );
  });

  it('with any durations keeps the works of each lane and breaks no law of time', () => {
    fc.assert(fc.property(cases, fc.integer({ min: 1, max: 400 }), mustBeLawful), RUNS);
  });

  it('of what a killed run has left does not hang', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (testCase, cut) => {
        const whole = runCase(testCase);
        const part = whole.slice(0, cut % whole.length);
        const again = replay(part, { predictNanos: () => 5 });
        const events = (records: readonly TraceRecord[]) =>
          records.filter((record) => record.kind === 'event').length;
        expect(events(again)).toBe(events(part));
        expect(again.at(-1)).toMatchObject({ kind: 'footer', outcome: 'failed' });
      }),
      RUNS,
    );
  });

  it('slows lanes down while they overlap', () => {
    // Lane 0: 100 ms from 0. Lane 1: 60 ms from 20, while both take twice as long.
    const first = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
    const second = work(1, 1, [[1, 0, 4, LAST_PROMPT]]);
    const scribe = new Scribe().arrive(0, 0, 4, 1).admit(0, 0).launch(first);
    scribe.arrive(20, 1, 4, 1).admit(1, 1).launch(second);
    scribe.end(second, 20, 90).finish(1, 1).end(first, 0, 110).finish(0, 1);
    const sink = memorySink();
    const costs: ReplayCosts = {
      predictNanos: (each) => (each.lane === 0 ? 100 : 60) * MS,
      slowdowns: (running, factors) => factors.fill(running.length),
    };
    replayDecisions(scribe.records, costs, sink);
    const ends = sink.records.flatMap((r) =>
      r.kind === 'measure' ? [[r.work, r.endNanos / MS]] : [],
    );
    // 60 ms of lane 1 take 120, to 140; lane 0 has done 20 + 60 by then and ends 20 later.
    expect(ends).toEqual([
      [1, 140],
      [0, 160],
    ]);
  });

  it('lets a request come at the stage at which it came, and when it came after a pause', () => {
    const [first, second, third] = [0, 1, 2].map((id) => work(id, 0, [[id, 0, 4, LAST_PROMPT]]));
    const scribe = new Scribe().arrive(0, 0, 4, 1).admit(0, 0).launch(first!);
    // 4 ms into the first iteration of 10.
    scribe.arrive(4, 1, 4, 1).end(first!, 0, 10).finish(0, 1).admit(1, 1).launch(second!);
    scribe.end(second!, 10, 20).finish(1, 1);
    scribe.arrive(100, 2, 4, 1).admit(2, 2).launch(third!).end(third!, 100, 110).finish(2, 1);
    const ofScale = (factor: number) => {
      const predictNanos = () => 10 * factor * MS;
      const requests = collect(replay(scribe.records, { predictNanos })).requestMetrics();
      const inMs = (nanos: Float64Array) => [...nanos].map((each) => each / MS);
      return { came: inMs(requests.arrivalNanos), ttft: inMs(requests.ttftNanos) };
    };
    expect(ofScale(1)).toEqual({ came: [0, 4, 100], ttft: [10, 16, 10] });
    expect(ofScale(0.9)).toEqual({ came: [0, 4, 100], ttft: [9, 14, 9] });
    // At 5 times the length the second ends just when the third comes.
    expect(ofScale(5)).toEqual({ came: [0, 4, 100], ttft: [50, 96, 50] });
  });

  it('lets an iteration wait for the prompt that it decodes, computed on another lane', () => {
    const prefill = work(0, 1, [[0, 0, 4, LAST_PROMPT]]);
    const decode = work(1, 0, [[0, 4, 5, DECODE]]);
    const scribe = new Scribe().arrive(0, 0, 4, 2).admit(0, 0).launch(prefill);
    scribe.end(prefill, 0, 10).launch(decode).end(decode, 10, 20).finish(0, 2);
    const predictNanos = () => 30 * MS;
    const { values } = collect(replay(scribe.records, { predictNanos })).summary();
    expect([values.ttftMsMean, values.e2eMsMean]).toEqual([30, 60]);
  });
});

function mustBeLawful(testCase: Case, scale: number): void {
  const records = runCase(testCase);
  const predictNanos = (each: { id: number }) => 1 + ((each.id * 7919) % 31) * scale;
  const again = replay(records, { predictNanos });
  for (let lane = 0; lane < 8; lane++) {
    expect(launches(again, lane)).toEqual(launches(records, lane));
  }
  const free = new Map<number, number>();
  let now = 0;
  for (const record of again) {
    if (record.kind === 'event') {
      expect(record.event.timeNanos).toBeGreaterThanOrEqual(now);
      now = record.event.timeNanos;
    }
    if (record.kind !== 'measure') continue;
    expect(record.startNanos).toBeGreaterThanOrEqual(free.get(record.lane) ?? 0);
    expect(record.endNanos - record.startNanos).toBe(predictNanos({ id: record.work }));
    free.set(record.lane, record.endNanos);
  }
  // The collector itself throws where an end comes before an arrival or a work before its admission.
  const [before, after] = [collect(records), collect(again)];
  expect(after.requestMetrics().served).toEqual(before.requestMetrics().served);
  const { ttftNanos, queueingNanos } = after.requestMetrics();
  for (const nanos of [...ttftNanos, ...queueingNanos])
    expect(nanos >= 0 || Number.isNaN(nanos)).toBe(true);
}

describe('the error split', () => {
  it('adds up for every metric', () => {
    fc.assert(
      fc.property(cases, fc.nat(5000), (testCase, other) => {
        const real = runCase(testCase);
        const predictNanos = durationOf(other);
        const simulated = execute(testCase.requests, schedulerOf(testCase), {
          durationNanos: predictNanos,
        });
        const parts = [simulated, replay(real, { predictNanos }), real].map(
          (records) => collect(records).summary().values,
        );
        const split = splitErrors(parts[0]!, parts[1]!, parts[2]!);
        for (const { total, divergence, costModel } of split) {
          if (total === null || divergence === null || costModel === null) continue;
          const size = Math.abs(total) + Math.abs(divergence) + Math.abs(costModel);
          expect(Math.abs(divergence + costModel - total)).toBeLessThanOrEqual(1e-9 * size);
        }
        const diverged = compareLaunches(simulated, real).first !== undefined;
        const e2e = split.find(({ metric }) => metric.key === 'e2eMsMean')!;
        // Equal decisions at other times: timers and cancels apart, nothing is left to diverge.
        const cancels = testCase.requests.some((request) => request.cancelNanos !== undefined);
        const timers = testCase.config.policy.name === 'dynamic-batching';
        if (!diverged && !cancels && !timers && e2e.divergence !== null) {
          expect(Math.abs(e2e.divergence)).toBeLessThan(1e-9);
        }
      }),
      RUNS,
    );
  });
});

describe('request errors', () => {
  it('are signed, matched by number, with TTFT apart', () => {
    const run = (decodeMs: number) => {
      const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
      const decode = work(1, 0, [[0, 4, 5, DECODE]]);
      const scribe = new Scribe().arrive(0, 0, 4, 2).admit(0, 0).launch(prefill);
      scribe.end(prefill, 0, 100).launch(decode);
      return collect(scribe.end(decode, 100, 100 + decodeMs).finish(0, 2).records).requestMetrics();
    };
    const { ttft, tpot, e2e, unmatched } = requestErrors(run(90), run(100));
    expect(unmatched).toBe(0);
    expect(ttft.biasPercent).toBe(0);
    expect(tpot.biasPercent).toBeCloseTo(-10, 9);
    expect(tpot.mapePercent).toBeCloseTo(10, 9);
    expect(e2e.totalPercent).toBeCloseTo(-5, 9);
  });
});
