import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const swapsInAFraction: Broken = {
  fault: 'loses the last token of a sequence on its way back from the host',
  law: 'kv-integrity',
  definition: lookupPolicy('continuous-batching'),
  createScheduler: faultyScheduler(() => ({
    launches: (work) => ({
      ...work,
      swaps: work.swaps.map((swap) =>
        swap.direction === 'in' ? { ...swap, tokens: swap.tokens - 1 } : swap,
      ),
    }),
  })),
  options: { memory: 'paged', parameters: [{ preemption: 'swap' }] },
};
