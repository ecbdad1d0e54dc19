import { definePolicy, type Plan, type SequenceView } from '../policy.ts';
import { wholeNumber } from './create.ts';
import { checkPreemption, decodeOrPreempt } from './preemption.ts';

/**
 * Flover (arXiv 2305.13484): one lane decodes all active sequences together while prompts are
 * computed beside it; a sequence joins at the first iteration boundary after its prompt.
 */
export const temporalFusion = definePolicy({
  name: 'temporal-fusion',
  parameters: { prefillLanes: 1, preemption: 'recompute' },
  create(parameters) {
    const prefillLanes = wholeNumber(this.name, 'prefillLanes', parameters.prefillLanes, 1);
    const preemption = checkPreemption(this.name, parameters.preemption);
    const prefillNames = Array.from({ length: prefillLanes }, (_, i) => `prefill-${i}`);
    return {
      name: this.name,
      lanes: ['decode', ...prefillNames],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        if (lane.index === 0) {
          admitForIdleLanes(plan);
          decodeOrPreempt(lane, plan, preemption);
          return;
        }
        if (plan.prefilling === 0) admitNext(plan);
        if (plan.prefilling === 0) return;
        const next = oldestPrompt(plan);
        if (next !== undefined) plan.prefill(next, next.request.promptTokens);
      },
    };
  },
});

/** The oldest sequence whose prompt no lane computes: sought among the youngest, where prompts are. */
function oldestPrompt(plan: Plan): SequenceView | undefined {
  let oldest: SequenceView | undefined;
  for (let i = plan.sequences.length - 1, left = plan.prefilling; left > 0; i--) {
    const sequence = plan.sequences[i]!;
    if (sequence.state !== 'prefill') continue;
    left--;
    if (sequence.busyLane === -1) oldest = sequence;
  }
  return oldest;
}

/** Preempted sequences come back before anyone new enters. */
function admitNext(plan: Plan): boolean {
  const next = plan.waiting.first;
  if (next === undefined || plan.preempted > 0) return false;
  return plan.admit(next).length > 0;
}

/** Admits before the decode lane moves anything, so that a newcomer can take a hole as it is. */
function admitForIdleLanes(plan: Plan): void {
  if (plan.waiting.length === 0) return;
  let idle = -plan.prefilling;
  for (const lane of plan.lanes) if (lane.index > 0 && lane.queued === 0) idle++;
  while (idle > 0 && admitNext(plan)) idle--;
}
