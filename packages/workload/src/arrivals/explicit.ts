import { FloverError } from '@flover/policy';
import { whole } from '../checks.ts';
import type { ArrivalProcess, ExplicitArrivals } from './config.ts';

/** The times as given; at least `requests` of them. */
export function explicitArrivals(config: ExplicitArrivals, requests: number): ArrivalProcess {
  const times = config.timesNanos;
  if (times.length < requests) {
    throw new FloverError(
      'workload-invalid',
      `arrivals.timesNanos has ${times.length} times for ${requests} requests`,
      `set requests to ${times.length}, or give more times`,
    );
  }
  for (let i = 0; i < requests; i++) {
    const earliest = i === 0 ? 0 : times[i - 1]!;
    whole(times[i]!, `arrivals.timesNanos[${i}]`, earliest);
  }
  let index = 0;
  return { nextNanos: () => times[index++]! };
}
