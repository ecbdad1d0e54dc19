import { playTrace } from '@flover/trace';
import { describe, expect, it } from 'vitest';
import {
  iterationClass,
  iterationErrors,
  MetricsCollector,
  requestErrors,
  requestsMeeting,
} from '../src/index.ts';
import { DECODE, LAST_PROMPT, Scribe, work } from './records.ts';

const PREFILL = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
const PLAIN = work(1, 0, [[0, 4, 5, DECODE]]);
const MIXED = work(2, 0, [
  [0, 5, 6, DECODE],
  [1, 0, 4, 0],
]);

/** The three works one after the other, each with its duration in milliseconds. */
function run(prefillMs: number, decodeMs: number, mixedMs: number): Scribe {
  const [a, b, c] = [prefillMs, prefillMs + decodeMs, prefillMs + decodeMs + mixedMs];
  const scribe = new Scribe().arrive(0, 0, 4, 3).admit(0, 0).launch(PREFILL).end(PREFILL, 0, a);
  scribe.launch(PLAIN).end(PLAIN, a, b).arrive(b, 1, 4, 3).admit(1, 1).launch(MIXED);
  return scribe.end(MIXED, b, c).finish(0, 3);
}

function collect(scribe: Scribe): MetricsCollector {
  const collector = new MetricsCollector();
  playTrace(scribe.records, collector);
  return collector;
}

describe('timing parity', () => {
  it('tells iterations by what they compute', () => {
    expect([PREFILL, PLAIN, MIXED].map(iterationClass)).toEqual(['prefill', 'decode', 'mixed']);
    expect(iterationClass(work(0, 0, []))).toBe('decode');
  });

  it('compares durations by number of work and class', () => {
    const errors = iterationErrors(run(110, 45, 30).records, run(100, 50, 30).records);
    expect(errors.all.count).toBe(3);
    expect(errors.prefill.biasPercent).toBeCloseTo(10, 9);
    expect(errors.decode.biasPercent).toBeCloseTo(-10, 9);
    expect(errors.mixed.biasPercent).toBe(0);
    expect(errors.all.totalPercent).toBeCloseTo((100 * 5) / 180, 9);
  });
});

it('requests that are in one run only do not match, in whichever it is', () => {
  const one = (id: number) => {
    const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
    const scribe = new Scribe().arrive(0, id, 4, 1).admit(id, 0).launch(prefill);
    return collect(scribe.end(prefill, 0, 10).finish(id, 1)).requestMetrics();
  };
  expect(requestErrors(one(0), one(1))).toMatchObject({ unmatched: 2, e2e: { count: 0 } });
  expect(requestErrors(one(1), one(1))).toMatchObject({ unmatched: 0, e2e: { count: 1 } });
});

describe('goodput', () => {
  // TTFT 100 ms, TPOT (180 - 100) / 2 = 40 ms, E2E 180 ms; request 1 is not served.
  const requests = collect(run(100, 50, 30)).requestMetrics();

  it('asks for every objective, the limit itself included, of served requests', () => {
    expect(requestsMeeting(requests, {})).toBe(1);
    expect(requestsMeeting(requests, { ttftMs: 100, tpotMs: 40, e2eMs: 180 })).toBe(1);
    expect(requestsMeeting(requests, { ttftMs: 99 })).toBe(0);
    expect(requestsMeeting(requests, { tpotMs: 39 })).toBe(0);
    expect(requestsMeeting(requests, { ttftMs: 100, e2eMs: 179 })).toBe(0);
  });
});
