import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const countsSequencesWrongly: Broken = {
  fault: 'admits one sequence more than maxSequences',
  law: 'capacity',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    config: (config) => ({ ...config, maxSequences: config.maxSequences + 1 }),
  })),
};
