import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const forgetsCancels: Broken = {
  fault: 'serves requests whose clients have gone',
  law: 'conservation',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    hears: (event) => (event.kind === 'cancel' ? undefined : event),
  })),
};
