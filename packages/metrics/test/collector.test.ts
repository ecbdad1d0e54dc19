import { playTrace, type TraceRecord } from '@flover/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTOGRAM_RELATIVE_ERROR, MetricsCollector, quantile } from '../src/index.ts';
import { type Case, cases, runCase } from './arbitraries.ts';
import { bruteForce } from './brute-force.ts';

const RUNS = { numRuns: 200 };

function collect(records: readonly TraceRecord[], options = {}): MetricsCollector {
  const collector = new MetricsCollector(options);
  playTrace(records, collector);
  return collector;
}

function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

function defined(values: Float64Array): number[] {
  return [...values].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
}

describe('a streaming collector', () => {
  it('gives what the definitions give with every token kept', () => {
    fc.assert(fc.property(cases, mustAgree), RUNS);
  });

  it('obeys L = lambda W on any run in which every request ends, also where the host hears of them late', () => {
    fc.assert(
      fc.property(cases, (testCase) => {
        const records = heardLate(runCase(testCase));
        const { sojourns } = bruteForce(records);
        const { values } = collect(records).summary();
        expect(values.requestsUnfinished).toBe(0);
        const seconds = values.makespanSeconds!;
        const lambda = sojourns.length / seconds;
        const wait = sojourns.reduce((sum, each) => sum + each, 0) / sojourns.length / 1e9;
        if (seconds > 0) expect(values.requestsInSystemMean).toBeCloseTo(lambda * wait, 9);
      }),
      RUNS,
    );
  });

  it('splits at a warm-up: what is told of each request does not change', () => {
    fc.assert(
      fc.property(cases, fc.nat(60_000), (testCase, warmupNanos) => {
        const records = runCase(testCase);
        const whole = collect(records).requestMetrics();
        const late = collect(records, { warmupNanos }).requestMetrics();
        const from = whole.arrivalNanos.findIndex((arrival) => arrival >= warmupNanos);
        const rest = from < 0 ? whole.count : from;
        expect(late.count).toBe(whole.count - rest);
        expect(late.ttftNanos).toEqual(whole.ttftNanos.slice(rest));
        expect(late.tpotNanos).toEqual(whole.tpotNanos.slice(rest));
        expect(late.e2eNanos).toEqual(whole.e2eNanos.slice(rest));
      }),
      RUNS,
    );
  });

  it('adds up: the counts of a warm-up and of what follows are those of the whole', () => {
    fc.assert(
      fc.property(cases, fc.nat(60_000), (testCase, warmupNanos) => {
        const records = runCase(testCase);
        const before = records.filter((r) => timeOf(r) < warmupNanos);
        const keys = ['iterations', 'generatedTokens', 'lateRows', 'decodeIterations'] as const;
        const whole = collect(records).summary().values;
        const rest = collect(records, { warmupNanos }).summary().values;
        const first = collect(before).summary().values;
        const all = before.length === records.length;
        for (const key of keys) {
          if (!all) expect(first[key]! + rest[key]!).toBe(whole[key]);
        }
      }),
      RUNS,
    );
  });

  it('never tells NaN or infinity', () => {
    fc.assert(
      fc.property(cases, fc.nat(100), (testCase, cut) => {
        const records = runCase(testCase);
        const part = records.slice(0, Math.floor((records.length * cut) / 100));
        const { values, lanes } = collect(part, { slo: { ttftMs: 0.01 } }).summary();
        for (const value of [...Object.values(values), ...lanes.map((l) => l.busyShare)]) {
          expect(value === null || Number.isFinite(value)).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

/** The same run, but each request was sent half-way between the arrival before it and its own. */
function heardLate(records: readonly TraceRecord[]): TraceRecord[] {
  let beforeNanos = 0;
  return records.map((record) => {
    if (record.kind !== 'event' || record.event.kind !== 'arrive') return record;
    const { event } = record;
    const arrivalNanos = beforeNanos + Math.floor((event.timeNanos - beforeNanos) / 2);
    beforeNanos = event.timeNanos;
    return { kind: 'event', event: { ...event, request: { ...event.request, arrivalNanos } } };
  });
}

function timeOf(record: TraceRecord): number {
  if (record.kind === 'event') return record.event.timeNanos;
  if (record.kind === 'measure') return record.endNanos;
  return record.kind === 'action' ? record.timeNanos : 0;
}

function mustAgree(testCase: Case): void {
  const records = runCase(testCase);
  const truth = bruteForce(records);
  const collector = collect(records);
  const { values } = collector.summary();
  const requests = collector.requestMetrics();
  const { gaps } = collector.tokens;
  expect(gaps.count).toBe(truth.gaps.length);
  expect(gaps.sum).toBe(truth.gaps.reduce((sum, gap) => sum + gap, 0));
  expect(values.generatedTokens).toBe(truth.generatedTokens);
  expect(values.lateRows).toBe(truth.lateRows);
  expect(defined(requests.ttftNanos)).toEqual([...sorted(truth.ttft.values())]);
  expect(defined(requests.queueingNanos)).toEqual([...sorted(truth.queueing.values())]);
  expect(defined(requests.e2eNanos)).toEqual([...sorted(truth.e2e.values())]);
  expect(values.decodeIterations).toBe(truth.active.length);
  const active = truth.active.reduce((sum, each) => sum + each, 0);
  if (active > 0) expect(values.activeRequestsMean).toBeCloseTo(active / truth.active.length, 9);
  const exact = sorted(truth.gaps);
  for (const [key, p] of [
    ['itlMsP50', 0.5],
    ['itlMsP90', 0.9],
    ['itlMsP99', 0.99],
  ] as const) {
    if (exact.length === 0) expect(values[key]).toBeNull();
    else {
      const true_ = quantile(exact, p) / 1e6;
      expect(Math.abs(values[key]! - true_)).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR * true_);
    }
  }
}
