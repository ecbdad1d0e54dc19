import { RowFlag } from '@flover/policy';
import { playTrace } from '@flover/trace';
import { describe, expect, it } from 'vitest';
import { MetricsCollector, type MetricsOptions } from '../src/index.ts';
import { DECODE, LAST_PROMPT, Scribe, work } from './records.ts';

function valuesOf(scribe: Scribe, options?: MetricsOptions) {
  const collector = new MetricsCollector(options);
  playTrace(scribe.records, collector);
  return collector.summary().values;
}

it('counts from when a request was sent, even if a busy host heard of it later', () => {
  const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
  const request = {
    id: 0,
    arrivalNanos: 3e6,
    promptTokens: 4,
    maxOutputTokens: 1,
    group: 'single',
    width: 1,
  } as const;
  const scribe = new Scribe().event({ kind: 'arrive', timeNanos: 5e6, request });
  scribe.admit(0, 0).launch(prefill).end(prefill, 6, 13).finish(0, 1);
  const values = valuesOf(scribe);
  expect([values.ttftMsMean, values.e2eMsMean, values.queueingMsMean]).toEqual([10, 10, 3]);
  // The window begins there too, with the request in it.
  expect(values.makespanSeconds).toBeCloseTo(0.01, 12);
  expect(values.requestsInSystemMean).toBeCloseTo(1, 12);
  expect(values.requestsWaitingMean).toBeCloseTo(0.2, 12);
  // A warm-up that ends between the two leaves the request out, and counts its presence from there.
  const late = valuesOf(scribe, { warmupNanos: 4e6 });
  expect([late.requestsArrived, late.ttftMsMean]).toEqual([0, null]);
  expect(late.makespanSeconds).toBeCloseTo(0.009, 12);
  expect(late.requestsInSystemMean).toBeCloseTo(1, 12);
});

it('counts an iteration with its measure where the host took its end, not where the device had it', () => {
  const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
  const scribe = new Scribe().arrive(0, 0, 4, 1).admit(0, 0).launch(prefill);
  scribe.end(prefill, 0, 9, { kvUsedBytes: 64 }, 11).finish(0, 1);
  const values = valuesOf(scribe, { warmupNanos: 10e6 });
  expect(values.iterations).toBe(1);
  expect(values.iterationMsMean).toBe(9);
  expect(values.kvUsedBytesPeak).toBe(64);
  // Nothing of it ran on the device within the window.
  expect(values.busiestLaneShare).toBe(0);
});

/** Two requests under fusion: request 1 is prefilled on lane 1 while request 0 decodes on lane 0. */
function twoRequests(): Scribe {
  const prefill0 = work(0, 1, [[0, 0, 4, LAST_PROMPT]]);
  const decode0 = work(1, 0, [[0, 4, 5, DECODE]]);
  const prefill1 = work(2, 1, [[1, 0, 2, LAST_PROMPT]]);
  const last0 = work(3, 0, [[0, 5, 6, DECODE]], { deadRows: 1 });
  const decode1 = work(4, 0, [[1, 2, 3, DECODE]]);
  const last1 = work(5, 0, [[1, 3, 4, DECODE]]);
  const memory = { kvReservedBytes: 100, kvUsedBytes: 40 };
  const more = { kvReservedBytes: 200, kvUsedBytes: 60, movedBytes: 7, moveNanos: 1e6 };
  return new Scribe()
    .arrive(0, 0, 4, 3)
    .admit(0, 0)
    .launch(prefill0)
    .arrive(100, 1, 2, 3)
    .end(prefill0, 10, 110, memory)
    .launch(decode0)
    .admit(1, 1)
    .launch(prefill1)
    .end(decode0, 110, 160, memory)
    .launch(last0)
    .end(prefill1, 110, 200, memory)
    .end(last0, 160, 210, memory)
    .finish(0, 3)
    .launch(decode1)
    .end(decode1, 210, 260, more)
    .launch(last1)
    .end(last1, 260, 320, memory)
    .finish(1, 3);
}

describe('two requests by hand', () => {
  const values = valuesOf(twoRequests(), { slo: { ttftMs: 105, tpotMs: 60 } });

  it('latencies', () => {
    // TTFT 110 and 100; E2E 210 and 220; TPOT (210 - 110) / 2 and (220 - 100) / 2; gaps 50 50 60 60.
    expect(values.ttftMsMean).toBe(105);
    expect(values.ttftMsP50).toBe(105);
    expect(values.ttftMsP90).toBeCloseTo(109, 9);
    expect(values.ttftMsMax).toBe(110);
    expect(values.e2eMsMean).toBe(215);
    // 210 / 3 and 220 / 3.
    expect(values.normalisedLatencyMsMean).toBeCloseTo(215 / 3, 9);
    expect(values.normalisedLatencyMsMax).toBeCloseTo(220 / 3, 9);
    expect(values.tpotMsMean).toBe(55);
    expect(values.tpotMsMax).toBe(60);
    expect(values.itlMsMean).toBe(55);
    expect(values.itlMsMax).toBe(60);
    // Admitted at 0 and 110; first iterations begin at 10 and 110.
    expect(values.admissionWaitMsMean).toBe(5);
    expect(values.queueingMsMean).toBe(10);
  });

  it('rates', () => {
    expect(values.makespanSeconds).toBeCloseTo(0.32, 12);
    expect(values.requestsServed).toBe(2);
    expect(values.requestsPerSecond).toBeCloseTo(2 / 0.32, 9);
    expect(values.generatedTokens).toBe(6);
    expect(values.generatedTokensPerSecond).toBeCloseTo(6 / 0.32, 9);
    expect(values.prefillTokens).toBe(6);
    // Request 0 misses TTFT, request 1 meets TPOT exactly.
    expect(values.goodputRequestsPerSecond).toBeCloseTo(1 / 0.32, 9);
    expect(values.sloShare).toBe(0.5);
  });

  it('occupancy', () => {
    expect(values.iterations).toBe(6);
    expect(values.decodeIterations).toBe(4);
    expect(values.batchRowsMean).toBeCloseTo(7 / 6, 12);
    expect(values.deadRows).toBe(1);
    expect(values.holeRows).toBe(1);
    expect(values.activeRequestsMean).toBe(1);
    expect(values.overlap).toBe(0.5);
    expect(values.busiestLaneShare).toBeCloseTo(210 / 320, 12);
    // (210 + 220) / 320 in the system; 10 / 320 waiting for admission.
    expect(values.requestsInSystemMean).toBeCloseTo(430 / 320, 12);
    expect(values.requestsWaitingMean).toBeCloseTo(10 / 320, 12);
    // 350 ms at 100 bytes and 50 ms at 200; 350 at 40 and 50 at 60.
    expect(values.kvReservedBytesMean).toBeCloseTo(45_000 / 400, 9);
    expect(values.kvReservedBytesPeak).toBe(200);
    expect(values.kvUsedBytesMean).toBeCloseTo(17_000 / 400, 9);
    expect(values.kvUsedShare).toBeCloseTo(17 / 45, 9);
    expect(values.movedBytes).toBe(7);
    expect(values.moveMsTotal).toBe(1);
    expect(values.iterationMsMax).toBe(100);
  });
});

describe('groups, cancels, refusals', () => {
  it('counts a token for each sequence of a group and one request', () => {
    const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
    const decode = work(1, 0, [
      [0, 4, 5, DECODE],
      [1, 4, 5, DECODE],
    ]);
    const scribe = new Scribe()
      .arrive(0, 0, 4, 2, 2)
      .admit(0, 0)
      .launch(prefill)
      .end(prefill, 0, 30)
      .launch(decode)
      .end(decode, 30, 40)
      .finish(0, 2);
    const values = valuesOf(scribe);
    expect(values.generatedTokens).toBe(4);
    expect(values.activeRequestsMean).toBe(1);
    expect(values.itlMsMean).toBe(10);
    expect(values.tpotMsMean).toBe(10);
  });

  it('tells the row of a cancelled request as late and its latencies not at all', () => {
    const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
    const decode = work(1, 0, [[0, 4, 5, DECODE]]);
    const scribe = new Scribe()
      .arrive(0, 0, 4, 9)
      .admit(0, 0)
      .launch(prefill)
      .end(prefill, 0, 30)
      .launch(decode)
      .event({ kind: 'cancel', timeNanos: 35e6, request: 0 })
      .finish(0, 1, 'cancelled')
      .end(decode, 30, 40)
      .arrive(50, 1, 99, 9)
      .act({ kind: 'refuse', request: 1, reason: 'too long' });
    const values = valuesOf(scribe);
    expect(values.requestsCancelled).toBe(1);
    expect(values.requestsRefused).toBe(1);
    expect(values.requestsServed).toBe(0);
    expect(values.lateRows).toBe(1);
    expect(values.generatedTokens).toBe(1);
    expect(values.decodeIterations).toBe(0);
    expect(values.ttftMsMean).toBeNull();
    expect(values.e2eMsMean).toBeNull();
    expect(values.requestsPerSecond).toBe(0);
    expect(values.makespanSeconds).toBeCloseTo(0.05, 12);
  });
});

it('a request that is cancelled while it decodes on another lane is active no more', () => {
  const prompts = [0, 1].map((id) => work(id, id, [[id, 0, 4, LAST_PROMPT]]));
  const scribe = new Scribe().arrive(0, 0, 4, 9).arrive(0, 1, 4, 9).admit(0, 0).admit(1, 1);
  for (const prompt of prompts) scribe.launch(prompt);
  for (const prompt of prompts) scribe.end(prompt, 0, 10);
  // Request 1 decodes on lane 1 from 10 to 100; request 0 three times on lane 0 meanwhile.
  const other = work(2, 1, [[1, 4, 5, DECODE]]);
  scribe.launch(other);
  for (const id of [3, 4, 5]) {
    const next = work(id, 0, [[0, 1 + id, 2 + id, DECODE]]);
    const endMs = 10 * (id - 1);
    scribe.launch(next).end(next, endMs - 10, endMs);
    if (id !== 3) continue;
    scribe.event({ kind: 'cancel', timeNanos: 25e6, request: 1 }).finish(1, 1, 'cancelled');
  }
  // Two at the end of the first of the three, then one and one.
  expect(valuesOf(scribe.end(other, 10, 100)).activeRequestsMean).toBeCloseTo(4 / 3, 12);
});

it('a token that is computed again is none, and the gap that the loss tore open is whole', () => {
  const prompt = work(0, 0, [
    [0, 0, 4, LAST_PROMPT],
    [1, 0, 4, LAST_PROMPT],
  ]);
  const rows = (id: number, from: number, secondFlags: number) =>
    work(id, 0, [
      [0, from, from + 1, DECODE],
      [1, from, from + 1, secondFlags],
    ]);
  const scribe = new Scribe().arrive(0, 0, 4, 5).arrive(0, 1, 4, 5).admit(0, 0).admit(1, 1);
  scribe.launch(prompt).end(prompt, 0, 10);
  const works = [rows(1, 4, DECODE), rows(2, 5, RowFlag.Decode), rows(3, 6, DECODE)];
  for (const [i, each] of works.entries()) {
    scribe.launch(each).end(each, 10 * (i + 1), 10 * (i + 2));
  }
  const values = valuesOf(scribe);
  // Request 0: 10, 10, 10. Request 1: 10, then 20 over the iteration that made it no token.
  expect(values.generatedTokens).toBe(7);
  expect(values.itlMsMean).toBe(12);
  expect(values.itlMsMax).toBe(20);
});

describe('small runs', () => {
  it('an empty run has counts of 0 and nothing else', () => {
    const values = valuesOf(new Scribe());
    expect(values.requestsArrived).toBe(0);
    expect(values.iterations).toBe(0);
    expect(values.makespanSeconds).toBeNull();
    expect(values.ttftMsP99).toBeNull();
    expect(values.overlap).toBeNull();
    expect(values.busiestLaneShare).toBeNull();
    expect(values.kvReservedBytesPeak).toBeNull();
    expect(values.kvUsedBytesPeak).toBeNull();
  });

  it('a request of one token has no TPOT and no gap, and meets every TPOT objective', () => {
    const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
    const scribe = new Scribe().arrive(5, 0, 4, 1).admit(0, 0).launch(prefill);
    const values = valuesOf(scribe.end(prefill, 5, 30).finish(0, 1), { slo: { tpotMs: 1 } });
    expect(values.ttftMsMean).toBe(25);
    expect(values.e2eMsMean).toBe(25);
    expect(values.tpotMsMean).toBeNull();
    expect(values.itlMsMean).toBeNull();
    expect(values.sloShare).toBe(1);
  });

  it('works that share their arrays are read like works that do not', () => {
    const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
    const first = work(1, 0, [[0, 4, 5, DECODE]]);
    const { sequences, flags } = first;
    const scribe = new Scribe().arrive(0, 0, 4, 5).admit(0, 0).launch(prefill);
    scribe.end(prefill, 0, 10).launch(first).end(first, 10, 20);
    for (const [id, gap] of [
      [2, 10],
      [3, 15],
      [4, 40],
    ] as const) {
      const next = work(id, 0, [[0, 3 + id, 4 + id, DECODE]], { sequences, flags });
      scribe.launch(next).end(next, 20, 20 + gap);
    }
    const values = valuesOf(scribe);
    // Ends at 10, 20, 30, 35, 60: gaps 10, 10, 5, 25.
    expect(values.itlMsMean).toBe(12.5);
    expect(values.itlMsMax).toBe(25);
    expect(values.generatedTokens).toBe(5);
  });
});

describe('traces that contradict themselves', () => {
  const prefill = work(0, 0, [[0, 0, 4, LAST_PROMPT]]);
  const wrong: [string, Scribe, RegExp][] = [
    ['an end without a launch', new Scribe().end(prefill, 0, 1), /work 0 ends but/],
    ['a row of nobody', new Scribe().launch(prefill).end(prefill, 0, 1), /was not admitted/],
    ['two arrivals of one request', new Scribe().arrive(0, 0, 4, 1).arrive(1, 0, 4, 1), /twice/],
    ['an end of nobody', new Scribe().finish(3, 1), /request 3 is ended but has not arrived/],
    ['a number out of range', new Scribe().arrive(0, -1, 4, 1), /integers from 0/],
  ];
  it.each(wrong)('%s', (_, scribe, message) => {
    expect(() => valuesOf(scribe)).toThrow(message);
  });
});
