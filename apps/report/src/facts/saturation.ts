import type { CellRun, Comparison } from '@flover/metrics';

/** What the page and its documentation say of it: one rule, in one sentence. */
export const SATURATION_RULE =
  'a request waited for admission most of the time (the mean number waiting is one or more), or ' +
  'there were more requests than places and they came faster than the places serve: the rate of ' +
  'arrivals × the mean time from admission to end, plus its square root, is more than the places';

/**
 * Is a server asked for more than it has places for?
 *
 * A short run above capacity may end before a queue forms. By Little's law the requests of a long
 * one would be R = rate × time in service; they swing by about √R, so that fewer than R + √R
 * places make many of them wait (square-root staffing; Halfin and Whitt, 1981). As many requests
 * as places, or fewer, never wait. Where arrivals are recorded, only what waited tells.
 */
export function isSaturated({ limits, workload }: Comparison, { metrics }: CellRun): boolean {
  const { values } = metrics;
  if ((values.requestsWaitingMean ?? 0) >= 1) return true;
  const places = limits.maxSequences;
  if (places === undefined || (values.requestsArrived ?? 0) <= places) return false;
  const perSecond = arrivalsPerSecond(workload.arrivals);
  if (perSecond === undefined || typeof values.e2eMsMean !== 'number') return false;
  const serviceMs = values.e2eMsMean - (values.admissionWaitMsMean ?? 0);
  const held = (perSecond * serviceMs) / 1000;
  return held + Math.sqrt(held) > places;
}

/** Mean rate of an arrival process; undefined where it names none. */
export function arrivalsPerSecond(arrivals: unknown): number | undefined {
  if (arrivals === null || typeof arrivals !== 'object') return undefined;
  const told = arrivals as Readonly<Record<string, unknown>>;
  const numberAt = (key: string) => (typeof told[key] === 'number' ? told[key] : undefined);
  const rate = numberAt('requestsPerSecond');
  const interval = numberAt('meanIntervalMs') ?? numberAt('intervalMs');
  const [onRate, on, off] = [numberAt('onRequestsPerSecond'), numberAt('onMs'), numberAt('offMs')];
  if (told.kind === 'all-at-once') return Number.POSITIVE_INFINITY;
  if (rate !== undefined) return rate;
  if (interval !== undefined) return 1000 / interval;
  if (onRate === undefined || on === undefined || off === undefined) return undefined;
  const offRate = numberAt('offRequestsPerSecond') ?? 0;
  return (onRate * on + offRate * off) / (on + off);
}
