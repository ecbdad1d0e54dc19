import { notNegative } from '../checks.ts';
import type { AllAtOnceArrivals, ArrivalProcess } from './config.ts';

/** Every request at the same time. */
export function allAtOnceArrivals(config: AllAtOnceArrivals): ArrivalProcess {
  const atNanos = Math.round(notNegative(config.atMs ?? 0, 'arrivals.atMs') * 1e6);
  return { nextNanos: () => atNanos };
}
