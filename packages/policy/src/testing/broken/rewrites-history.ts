import type { Work } from '../../actions.ts';
import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const rewritesHistory: Broken = {
  fault: 'builds every work in the same object, so that a new work changes the ones before it',
  law: 'purity',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => {
    const only = {} as Work;
    return { launches: (work) => Object.assign(only, work) };
  }),
};
