import { notNegative } from '../checks.ts';
import type { ArrivalProcess, ConstantArrivals } from './config.ts';

/** Request i arrives at i intervals, rounded once: nothing accumulates. */
export function constantArrivals(config: ConstantArrivals): ArrivalProcess {
  const intervalNanos = notNegative(config.intervalMs, 'arrivals.intervalMs') * 1e6;
  let index = 0;
  return { nextNanos: () => Math.round(index++ * intervalNanos) };
}
