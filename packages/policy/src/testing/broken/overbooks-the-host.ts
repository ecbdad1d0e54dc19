import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const overbooksTheHost: Broken = {
  fault: 'swaps out to host blocks that there are not',
  law: 'capacity',
  definition: lookupPolicy('continuous-batching'),
  createScheduler: faultyScheduler(() => ({
    config({ memory, ...config }) {
      if (memory.kind !== 'paged') return { ...config, memory };
      return { ...config, memory: { ...memory, hostBlocks: memory.hostBlocks + 8 } };
    },
  })),
  options: { memory: 'paged', parameters: [{ preemption: 'swap' }] },
};
