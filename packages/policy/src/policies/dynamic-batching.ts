import { definePolicy } from '../policy.ts';
import { admitUpTo, runBatch } from './batch.ts';
import { badParameter, wholeNumber } from './create.ts';
import { checkPreemption } from './preemption.ts';

/**
 * As static batching, but an idle server waits for a full batch until the oldest request has waited
 * for `windowMs` milliseconds.
 */
export const dynamicBatching = definePolicy({
  name: 'dynamic-batching',
  parameters: { maxBatchSize: 8, windowMs: 100, preemption: 'recompute' },
  create(parameters) {
    const maxBatchSize = wholeNumber(this.name, 'maxBatchSize', parameters.maxBatchSize, 1);
    const { windowMs } = parameters;
    if (!(windowMs >= 0 && windowMs <= 1e9)) {
      throw badParameter(this.name, 'windowMs', windowMs, 'milliseconds from 0 to 1e9');
    }
    const windowNanos = Math.round(windowMs * 1e6);
    const preemption = checkPreemption(this.name, parameters.preemption);
    return {
      name: this.name,
      lanes: ['main'],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        const oldest = plan.waiting.first;
        if (plan.sequences.length === 0 && oldest !== undefined) {
          const dueNanos = oldest.arrivalNanos + windowNanos;
          if (plan.waiting.length >= maxBatchSize || plan.nowNanos >= dueNanos) {
            admitUpTo(plan, maxBatchSize);
          } else {
            plan.wakeAt(dueNanos);
          }
        }
        runBatch(lane, plan, preemption);
      },
    };
  },
});
