import { type Action, RowFlag, type Work } from '../../actions.ts';
import { lookupPolicy } from '../../policies/index.ts';
import type { Broken } from './broken.ts';
import { faultyScheduler } from './faulty-scheduler.ts';

export const samplesAgainAfterPreemption: Broken = {
  fault: 'samples tokens again that a preempted sequence had already, and so loses the old ones',
  law: 'causality',
  definition: lookupPolicy('continuous-batching'),
  createScheduler: faultyScheduler(() => {
    const preempted = new Set<number>();
    return {
      says(action): readonly Action[] {
        if (action.kind === 'preempt' && action.by === 'recompute') preempted.add(action.sequence);
        return [action];
      },
      launches: (work): Work => ({
        ...work,
        flags: work.flags.map((flags, row) => {
          const again = preempted.has(work.sequences[row]!) && flags & RowFlag.Decode;
          return again ? flags | RowFlag.Samples : flags;
        }),
      }),
    };
  }),
  options: { memory: 'paged' },
};
