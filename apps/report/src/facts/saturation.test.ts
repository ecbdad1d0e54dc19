import { expect, test } from 'vitest';
import { tinyReport } from '../testing/tiny-comparison.ts';
import { arrivalsPerSecond, isSaturated } from './saturation.ts';

const { comparison } = tinyReport();

/** Requests that spend one second in service, 32 of them at once at most. */
function saturated(arrivals: object, { requests = 100, waiting = 0.1, waitMs = 0 } = {}): boolean {
  const real = comparison.cells[0]!.real!;
  const values = {
    ...real.metrics.values,
    ...{ requestsArrived: requests, requestsWaitingMean: waiting },
    ...{ e2eMsMean: 1000 + waitMs, admissionWaitMsMean: waitMs },
  };
  return isSaturated(
    { ...comparison, limits: { maxSequences: 32 }, workload: { kind: 'synthetic', arrivals } },
    { ...real, metrics: { ...real.metrics, values } },
  );
}

test('a load above the places is saturated before a queue forms, and one below is not', () => {
  const poisson = (requestsPerSecond: number) => ({ kind: 'poisson', requestsPerSecond });
  // By hand: 26 + √26 = 31.1, 27 + √27 = 32.2.
  expect(saturated(poisson(26))).toBe(false);
  expect(saturated(poisson(27))).toBe(true);
  expect(saturated({ kind: 'constant', intervalMs: 1000 / 27 })).toBe(true);
  expect(saturated({ kind: 'poisson', meanIntervalMs: 1000 / 26 })).toBe(false);
  // Waiting for admission is no service.
  expect(saturated(poisson(26), { waitMs: 500 })).toBe(false);
});

test('as many requests as places never wait; all at once, more of them do', () => {
  expect(saturated({ kind: 'all-at-once' }, { requests: 32 })).toBe(false);
  expect(saturated({ kind: 'constant', intervalMs: 0 }, { requests: 32 })).toBe(false);
  expect(saturated({ kind: 'all-at-once' }, { requests: 33 })).toBe(true);
});

test('where no rate is told, requests that waited are', () => {
  expect(saturated({ kind: 'explicit', timesNanos: [0] })).toBe(false);
  expect(saturated({ kind: 'explicit', timesNanos: [0] }, { waiting: 1 })).toBe(true);
});

test('the rate of bursts is that of on and off together', () => {
  const bursts = { kind: 'bursts', onMs: 300, offMs: 1200, onRequestsPerSecond: 50 };
  expect(arrivalsPerSecond(bursts)).toBeCloseTo(10, 9);
});
