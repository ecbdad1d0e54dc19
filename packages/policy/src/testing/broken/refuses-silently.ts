import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const refusesSilently: Broken = {
  fault: 'drops requests that it will not serve without a word',
  law: 'progress',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    says: (action) => (action.kind === 'refuse' ? [] : [action]),
  })),
};
