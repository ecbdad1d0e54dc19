import { definePolicy } from '../policy.ts';
import { admitUpTo, runBatch } from './batch.ts';
import { checkPreemption } from './preemption.ts';

/** One request after the other, each alone. */
export const sequential = definePolicy({
  name: 'sequential',
  parameters: { preemption: 'recompute' },
  create(parameters) {
    const preemption = checkPreemption(this.name, parameters.preemption);
    return {
      name: this.name,
      lanes: ['main'],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        if (plan.sequences.length === 0) admitUpTo(plan, 1);
        runBatch(lane, plan, preemption);
      },
    };
  },
});
