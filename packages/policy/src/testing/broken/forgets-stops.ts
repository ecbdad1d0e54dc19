import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const forgetsStops: Broken = {
  fault: 'decodes on after the end-of-sequence token',
  law: 'conservation',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    hears: (event) => (event.kind === 'end' ? { ...event, stopped: [] } : event),
  })),
};
