import { distribution } from './quantile.ts';
import type { RequestMetrics } from './requests.ts';

/** Those of `nanos` that belong to served requests and are defined. */
export function servedValues(requests: RequestMetrics, nanos: Float64Array): Float64Array {
  const values = new Float64Array(requests.count);
  let count = 0;
  for (let i = 0; i < requests.count; i++) {
    if (requests.served[i] === 1 && !Number.isNaN(nanos[i])) values[count++] = nanos[i]!;
  }
  return values.slice(0, count);
}

/** Distributions of the per-request latencies over served requests, milliseconds. */
export function requestLatencies(requests: RequestMetrics) {
  const of = (nanos: Float64Array) => distribution(servedValues(requests, nanos), 1e6);
  return {
    ttft: of(requests.ttftNanos),
    tpot: of(requests.tpotNanos),
    e2e: of(requests.e2eNanos),
    normalisedLatency: of(requests.normalisedLatencyNanos),
    admissionWait: of(requests.admissionWaitNanos),
    queueing: of(requests.queueingNanos),
  };
}
