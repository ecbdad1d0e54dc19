import { positive } from '../checks.ts';
import type { Rate } from './config.ts';

/** The mean gap of a rate, nanoseconds; need not be whole. */
export function meanGapNanos(rate: Rate): number {
  return 'requestsPerSecond' in rate
    ? 1e9 / positive(rate.requestsPerSecond, 'arrivals.requestsPerSecond')
    : positive(rate.meanIntervalMs, 'arrivals.meanIntervalMs') * 1e6;
}
