import { definePolicy } from '../policy.ts';
import { admitUpTo, runBatch } from './batch.ts';
import { wholeNumber } from './create.ts';
import { checkPreemption } from './preemption.ts';

/** When idle, takes up to `batchSize` waiting requests; nobody joins until all of them ended. */
export const staticBatching = definePolicy({
  name: 'static-batching',
  parameters: { batchSize: 8, preemption: 'recompute' },
  create(parameters) {
    const batchSize = wholeNumber(this.name, 'batchSize', parameters.batchSize, 1);
    const preemption = checkPreemption(this.name, parameters.preemption);
    return {
      name: this.name,
      lanes: ['main'],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        if (plan.sequences.length === 0) admitUpTo(plan, batchSize);
        runBatch(lane, plan, preemption);
      },
    };
  },
});
