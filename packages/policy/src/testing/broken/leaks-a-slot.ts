import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const leaksASlot: Broken = {
  fault: 'forgets to release every third sequence',
  law: 'conservation',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    says: (action) => (action.kind === 'release' && action.sequence % 3 === 2 ? [] : [action]),
  })),
};
