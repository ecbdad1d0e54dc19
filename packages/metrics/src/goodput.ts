import type { RequestMetrics } from './requests.ts';

/** Service level objectives, milliseconds; a request must meet each one that is given. */
export interface Slo {
  readonly ttftMs?: number;
  readonly tpotMs?: number;
  readonly e2eMs?: number;
}

function within(nanos: number, limitMs: number | undefined): boolean {
  // A metric that is not defined for a request (NaN: too few tokens) cannot be missed.
  return limitMs === undefined || !(nanos > limitMs * 1e6);
}

/** Number of served requests that meet every objective. */
export function requestsMeeting(requests: RequestMetrics, slo: Slo): number {
  let meeting = 0;
  for (let i = 0; i < requests.count; i++) {
    if (
      requests.served[i] === 1 &&
      within(requests.ttftNanos[i]!, slo.ttftMs) &&
      within(requests.tpotNanos[i]!, slo.tpotMs) &&
      within(requests.e2eNanos[i]!, slo.e2eMs)
    ) {
      meeting++;
    }
  }
  return meeting;
}
