import type { Nanos } from '@flover/policy';
import { isServed, Outcome, type RequestTable } from './request-table.ts';

/**
 * Metrics of single requests as parallel arrays of length `count`, in order of request number.
 *
 * Durations in nanoseconds, NaN where not defined: TTFT and normalised latency without a token, TPOT
 * with fewer than two, E2E of a request that was not served, waits that never ended.
 */
export interface RequestMetrics {
  readonly count: number;
  readonly id: Int32Array;
  /** One of `Outcome`. */
  readonly outcome: Int32Array;
  /** 1 for a request served to its end, else 0. */
  readonly served: Uint8Array;
  /** Index of its tenant, in the order of their first requests. */
  readonly tenant: Int32Array;
  readonly outputTokens: Int32Array;
  readonly arrivalNanos: Float64Array;
  readonly admissionWaitNanos: Float64Array;
  readonly queueingNanos: Float64Array;
  readonly ttftNanos: Float64Array;
  readonly tpotNanos: Float64Array;
  readonly e2eNanos: Float64Array;
  readonly normalisedLatencyNanos: Float64Array;
}

/** The requests of `table` that arrived at `fromNanos` or later. */
export function requestMetrics(table: RequestTable, fromNanos: Nanos): RequestMetrics {
  const ids: number[] = [];
  for (let id = 0; id < table.count; id++) {
    if (table.outcome[id] !== Outcome.Absent && table.arrivalNanos[id]! >= fromNanos) ids.push(id);
  }
  const floats = () => new Float64Array(ids.length);
  const metrics = {
    count: ids.length,
    id: Int32Array.from(ids),
    outcome: new Int32Array(ids.length),
    served: new Uint8Array(ids.length),
    tenant: new Int32Array(ids.length),
    outputTokens: new Int32Array(ids.length),
    arrivalNanos: floats(),
    admissionWaitNanos: floats(),
    queueingNanos: floats(),
    ttftNanos: floats(),
    tpotNanos: floats(),
    e2eNanos: floats(),
    normalisedLatencyNanos: floats(),
  };
  for (let i = 0; i < ids.length; i++) fill(metrics, i, table, ids[i]!);
  return metrics;
}

function fill(metrics: RequestMetrics, i: number, table: RequestTable, id: number): void {
  const served = isServed(table.outcome[id]!);
  const arrival = table.arrivalNanos[id]!;
  const tokens = table.outputTokens[id]!;
  const e2e = served ? table.endNanos[id]! - arrival : Number.NaN;
  const ttft = table.firstTokenNanos[id]! - arrival;
  metrics.outcome[i] = table.outcome[id]!;
  metrics.served[i] = served ? 1 : 0;
  metrics.tenant[i] = table.tenant[id]!;
  metrics.outputTokens[i] = tokens;
  metrics.arrivalNanos[i] = arrival;
  metrics.admissionWaitNanos[i] = table.admittedNanos[id]! - arrival;
  metrics.queueingNanos[i] = table.startedNanos[id]! - arrival;
  metrics.ttftNanos[i] = ttft;
  metrics.tpotNanos[i] = tokens >= 2 ? (e2e - ttft) / (tokens - 1) : Number.NaN;
  metrics.e2eNanos[i] = e2e;
  metrics.normalisedLatencyNanos[i] = tokens >= 1 ? e2e / tokens : Number.NaN;
}

/** Those of one tenant, by its index. */
export function requestsOfTenant(requests: RequestMetrics, tenant: number): RequestMetrics {
  const own = (_: number, i: number) => requests.tenant[i] === tenant;
  return {
    count: requests.tenant.filter((each) => each === tenant).length,
    id: requests.id.filter(own),
    outcome: requests.outcome.filter(own),
    served: requests.served.filter(own),
    tenant: requests.tenant.filter(own),
    outputTokens: requests.outputTokens.filter(own),
    arrivalNanos: requests.arrivalNanos.filter(own),
    admissionWaitNanos: requests.admissionWaitNanos.filter(own),
    queueingNanos: requests.queueingNanos.filter(own),
    ttftNanos: requests.ttftNanos.filter(own),
    tpotNanos: requests.tpotNanos.filter(own),
    e2eNanos: requests.e2eNanos.filter(own),
    normalisedLatencyNanos: requests.normalisedLatencyNanos.filter(own),
  };
}
