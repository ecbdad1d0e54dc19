import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const hidesHoles: Broken = {
  fault: 'has a hole in the window and calls it contiguous',
  law: 'contiguous-window',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({ launches: (work) => ({ ...work, deadRows: 0 }) })),
  options: { memory: 'contiguous' },
};
