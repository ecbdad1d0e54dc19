import { definePolicy, type Plan, type SequenceView } from '../policy.ts';
import { wholeNumber } from './create.ts';
import { checkPreemption, preemptLatest } from './preemption.ts';

/** FasterTransformer's way: `instances` lanes over shared weights, one request each at a time. */
export const concurrentInstances = definePolicy({
  name: 'concurrent-instances',
  parameters: { instances: 4, preemption: 'recompute' },
  create(parameters) {
    const instances = wholeNumber(this.name, 'instances', parameters.instances, 1);
    const preemption = checkPreemption(this.name, parameters.preemption);
    const served: (readonly SequenceView[])[] = Array.from({ length: instances }, () => []);
    return {
      name: this.name,
      lanes: served.map((_, i) => `instance-${i}`),
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        if (served[lane.index]!.every((sequence) => sequence.state === 'ended')) {
          served[lane.index] = admitNext(plan);
        }
        for (const sequence of served[lane.index]!) {
          if (sequence.state === 'preempted' && oldestPreempted(plan) === sequence.request) {
            plan.resume(sequence);
          }
          if (sequence.state === 'prefill') plan.prefill(sequence, sequence.request.promptTokens);
          else if (sequence.state === 'decode') {
            while (!plan.decode(sequence) && plan.starved !== undefined) {
              if (!preemptLatest(lane, plan, sequence, preemption)) return;
              if (sequence.state !== 'decode') return;
            }
          }
        }
      },
    };
  },
});

function admitNext(plan: Plan): readonly SequenceView[] {
  const next = plan.waiting.first;
  return next === undefined || plan.preempted > 0 ? [] : plan.admit(next);
}

function oldestPreempted(plan: Plan) {
  return plan.sequences.find((sequence) => sequence.state === 'preempted')?.request;
}
