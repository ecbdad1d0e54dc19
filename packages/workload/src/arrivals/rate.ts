import { FloverError } from '@flover/policy';
import { positive } from '../checks.ts';
import type { Rate } from './config.ts';

/** The mean gap of a rate, nanoseconds; need not be whole. */
export function meanGapNanos(rate: Rate): number {
  const { requestsPerSecond, meanIntervalMs } = rate as {
    requestsPerSecond?: number;
    meanIntervalMs?: number;
  };
  if ((requestsPerSecond === undefined) === (meanIntervalMs === undefined)) {
    throw new FloverError(
      'workload-invalid',
      `arrivals has ${requestsPerSecond === undefined ? 'neither' : 'both'} of ` +
        'requestsPerSecond and meanIntervalMs',
      'set one of the two',
    );
  }
  return requestsPerSecond === undefined
    ? positive(meanIntervalMs!, 'arrivals.meanIntervalMs') * 1e6
    : 1e9 / positive(requestsPerSecond, 'arrivals.requestsPerSecond');
}
