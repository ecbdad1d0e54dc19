import type { RequestMetrics } from './requests.ts';

/** Service level objectives, milliseconds; a request must meet each one that is given. */
export interface Slo {
  readonly ttftMs?: number;
  readonly tpotMs?: number;
  readonly e2eMs?: number;
}

/** Objectives of one tenant's requests, in place of everybody's. */
export interface TenantSlo {
  readonly tenant: string;
  readonly slo: Slo;
}

function within(nanos: number, limitMs: number | undefined): boolean {
  // A metric that is not defined for a request (NaN: too few tokens) cannot be missed.
  return limitMs === undefined || !(nanos > limitMs * 1e6);
}

function meets(requests: RequestMetrics, i: number, slo: Slo): boolean {
  return (
    requests.served[i] === 1 &&
    within(requests.ttftNanos[i]!, slo.ttftMs) &&
    within(requests.tpotNanos[i]!, slo.tpotMs) &&
    within(requests.e2eNanos[i]!, slo.e2eMs)
  );
}

/** Number of served requests that meet every objective. */
export function requestsMeeting(requests: RequestMetrics, slo: Slo): number {
  return requestsJudged(requests, () => slo).meeting;
}

/** Requests whose tenant, told by its index, has objectives; and those of them that meet all. */
export function requestsJudged(
  requests: RequestMetrics,
  sloOf: (tenant: number) => Slo | undefined,
): { readonly judged: number; readonly meeting: number } {
  let judged = 0;
  let meeting = 0;
  for (let i = 0; i < requests.count; i++) {
    const slo = sloOf(requests.tenant[i]!);
    if (slo === undefined) continue;
    judged++;
    if (meets(requests, i, slo)) meeting++;
  }
  return { judged, meeting };
}
