import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const forgetsForks: Broken = {
  fault: 'decodes the later sequences of a group without copying the prompt to them',
  law: 'kv-integrity',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({ launches: (work) => ({ ...work, forks: [] }) })),
};
