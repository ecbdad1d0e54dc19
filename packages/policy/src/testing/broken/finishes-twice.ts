import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const finishesTwice: Broken = {
  fault: 'finishes stopped requests twice',
  law: 'conservation',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    says: (action) =>
      action.kind === 'finish' && action.reason === 'stop' ? [action, action] : [action],
  })),
};
