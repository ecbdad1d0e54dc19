import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const neverReorders: Broken = {
  fault: 'is told to reorder and does not',
  law: 'contiguous-window',
  definition: lookupPolicy('temporal-fusion'),
  createScheduler: faultyScheduler(() => ({
    config: (config) =>
      config.memory.kind === 'contiguous'
        ? { ...config, memory: { ...config.memory, reordering: 'off' } }
        : config,
  })),
  options: { memory: 'contiguous' },
};
