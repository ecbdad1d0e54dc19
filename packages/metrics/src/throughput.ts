import type { MetricsCollector } from './collector.ts';
import { requestsJudged } from './goodput.ts';
import { Outcome } from './request-table.ts';
import type { RequestMetrics } from './requests.ts';

/** `numerator / denominator`, or null where the denominator is 0 or either is not defined. */
export function ratio(numerator: number, denominator: number): number | null {
  const value = numerator / denominator;
  return Number.isFinite(value) ? value : null;
}

/** How many requests ended how. */
export function requestCounts(requests: RequestMetrics) {
  const counts = new Array<number>(Object.keys(Outcome).length).fill(0);
  for (const outcome of requests.outcome) counts[outcome]!++;
  return {
    requestsArrived: requests.count,
    requestsServed: counts[Outcome.Length]! + counts[Outcome.Stop]!,
    requestsRefused: counts[Outcome.Refused]!,
    requestsCancelled: counts[Outcome.Cancelled]!,
    requestsUnfinished: counts[Outcome.Open]!,
  };
}

/** Nanoseconds from the begin of the window to the last end; NaN for a run without an end. */
export function makespanNanos(collector: MetricsCollector): number {
  return collector.lastEndNanos - collector.windowStartNanos;
}

/** Rates over the makespan. */
export function throughput(collector: MetricsCollector, served: number) {
  const seconds = makespanNanos(collector) / 1e9;
  const { generatedTokens, prefillTokens } = collector.tokens;
  return {
    makespanSeconds: ratio(seconds, 1),
    requestsPerSecond: ratio(served, seconds),
    generatedTokens,
    generatedTokensPerSecond: ratio(generatedTokens, seconds),
    prefillTokens,
  };
}

/** Goodput over the makespan, of requests that have objectives; null where none can have. */
export function goodput(collector: MetricsCollector, requests: RequestMetrics) {
  const { slo, tenantSlos, requests: table } = collector;
  const slos = table.tenants.map(
    (name) => tenantSlos.find(({ tenant }) => tenant === name)?.slo ?? slo,
  );
  const { judged, meeting } = requestsJudged(requests, (tenant) => slos[tenant]);
  if (judged === 0 && slo === undefined) return { goodputRequestsPerSecond: null, sloShare: null };
  return {
    goodputRequestsPerSecond: ratio(meeting, makespanNanos(collector) / 1e9),
    sloShare: ratio(meeting, judged),
  };
}
