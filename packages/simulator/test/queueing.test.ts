import { createScheduler } from '@flover/policy';
import { stream } from '@flover/workload';
import { describe, expect, test } from 'vitest';
import { LinearCostModel } from '../src/cost-models/linear.ts';
import { simulate } from '../src/simulator.ts';
import { record, schedulerConfig, staySink, stays } from './support/run.ts';
import { listSource, type SomeRequest } from './support/source.ts';

/** Mean service time, and the nanoseconds of one prompt token of a random service. */
const SERVICE_NANOS = 1e6;
const TOKEN_NANOS = 100;
const REQUESTS = 100_000;
/** Standard errors that a mean may be off: fewer than one seed in 15,000 would fail. */
const Z = 4;

/** One server, first come first served: each request is a single iteration of `sequential`. */
function meanWait(load: number, exponentialService: boolean): number {
  const gaps = stream(11, 'gaps');
  const services = stream(11, 'services');
  let arrival = 0;
  const requests: SomeRequest[] = Array.from({ length: REQUESTS }, () => {
    arrival += (-Math.log(1 - gaps()) * SERVICE_NANOS) / load;
    const service = exponentialService ? -Math.log(1 - services()) : 1;
    const promptTokens = Math.max(1, Math.round((service * SERVICE_NANOS) / TOKEN_NANOS));
    return { arrivalNanos: Math.round(arrival), promptTokens };
  });
  const config = schedulerConfig('sequential', { maxSequenceTokens: 1_000_000 });
  const model = new LinearCostModel({ prefillTokenNanos: TOKEN_NANOS });
  const sink = staySink();
  const source = listSource(requests);
  simulate({ scheduler: createScheduler(config), source, costModel: model, sink });
  expect(sink.stays.length).toBe(REQUESTS);
  let sum = 0;
  sink.stays.forEach(([start, end], id) => {
    sum += end - start - (requests[id].promptTokens ?? 0) * TOKEN_NANOS;
  });
  return sum / REQUESTS / SERVICE_NANOS;
}

/**
 * Standard error of the mean wait of n successive M/M/1 customers, in service times:
 * n x variance -> load (2 + 5 load - 4 load^2 + load^3) / (1 - load)^4 (Blomqvist 1967).
 */
function standardError(load: number): number {
  const variance = (load * (2 + 5 * load - 4 * load ** 2 + load ** 3)) / (1 - load) ** 4;
  return Math.sqrt(variance / REQUESTS);
}

describe.each([0.3, 0.5, 0.7])('at load %f', (load) => {
  test('the mean wait is that of M/M/1: load / (1 - load) service times', () => {
    const error = Math.abs(meanWait(load, true) - load / (1 - load));
    expect(error).toBeLessThan(Z * standardError(load));
  });

  test('the mean wait is that of M/D/1: half of it', () => {
    const error = Math.abs(meanWait(load, false) - load / (1 - load) / 2);
    // Whitt's heavy-traffic factor ((ca2 + cs2) / 2)^3 = 1/8 on the variance for cs2 = 0.
    expect(error).toBeLessThan(Z * standardError(load) * Math.sqrt(1 / 8));
  });
});

test("Little's law holds exactly: the integral of requests present is the sum of their stays", () => {
  const random = stream(3, 'little');
  let arrivalNanos = 0;
  const requests = Array.from({ length: 2000 }, () => {
    arrivalNanos += Math.round(random() * 40_000);
    const tokens = () => 1 + Math.floor(random() * 30);
    const [promptTokens, maxOutputTokens] = [tokens(), tokens()];
    return { arrivalNanos, promptTokens, maxOutputTokens };
  });
  const costs = { iterationNanos: 1000, decodeRowNanos: 100, prefillTokenNanos: 50 };
  const config = schedulerConfig('temporal-fusion');
  const { records } = record(config, listSource(requests), new LinearCostModel(costs));
  let present = 0;
  let lastNanos = 0;
  let integral = 0;
  for (const entry of records) {
    let change = 0;
    if (entry.kind === 'event' && entry.event.kind === 'arrive') change = 1;
    if (entry.kind === 'action' && entry.action.kind === 'finish') change = -1;
    if (change === 0) continue;
    const now =
      change === 1
        ? (entry as { event: { timeNanos: number } }).event.timeNanos
        : (entry as { timeNanos: number }).timeNanos;
    integral += present * (now - lastNanos);
    lastNanos = now;
    present += change;
  }
  const stayed = [...stays(records).values()].reduce((sum, [from, to]) => sum + to - from, 0);
  expect(present).toBe(0);
  expect(integral).toBe(stayed);
});
