import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const keepsAStaleSlot: Broken = {
  fault: 'reorders its own table and forgets to tell the executor',
  law: 'exclusive-slots',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({ launches: (work) => ({ ...work, moves: [] }) })),
  options: { memory: 'contiguous' },
};
