import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const plansTooFar: Broken = {
  fault: 'plans ahead where that was switched off',
  law: 'capacity',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({ config: (config) => ({ ...config, planAhead: 1 }) })),
  options: { planAhead: 0 },
};
