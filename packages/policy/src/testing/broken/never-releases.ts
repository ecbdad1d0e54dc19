import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const neverReleases: Broken = {
  fault: 'never releases anything, as after `max_concurrency` requests in the published code',
  law: 'exclusive-slots',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    says: (action) => (action.kind === 'release' ? [] : [action]),
  })),
};
