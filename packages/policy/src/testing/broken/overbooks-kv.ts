import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const overbooksKv: Broken = {
  fault: 'believes in twice the blocks that there are',
  law: 'capacity',
  definition: lookupPolicy('continuous-batching'),
  createScheduler: faultyScheduler(() => ({
    config({ memory, ...config }) {
      if (memory.kind === 'paged') {
        return { ...config, memory: { ...memory, blocks: 2 * memory.blocks } };
      }
      return { ...config, memory: { ...memory, slots: 2 * memory.slots } };
    },
  })),
};
