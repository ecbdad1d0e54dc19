import { definePolicy, type Plan, type SequenceView } from '../policy.ts';
import { wholeNumber } from './create.ts';
import { checkPreemption, decodeOrPreempt } from './preemption.ts';

/**
 * Flover (arXiv 2305.13484): one lane decodes all active sequences together while prompts are
 * computed beside it; a sequence joins at the first iteration boundary after its prompt. Prompts
 * that wait together share a prefill, up to `maxPrefillTokens` (a longer one goes alone).
 */
export const temporalFusion = definePolicy({
  name: 'temporal-fusion',
  parameters: { prefillLanes: 1, maxPrefillTokens: 512, preemption: 'recompute' },
  create(parameters) {
    const prefillLanes = wholeNumber(this.name, 'prefillLanes', parameters.prefillLanes, 1);
    const budget = wholeNumber(this.name, 'maxPrefillTokens', parameters.maxPrefillTokens, 1);
    const preemption = checkPreemption(this.name, parameters.preemption);
    const prefillNames = Array.from({ length: prefillLanes }, (_, i) => `prefill-${i}`);
    return {
      name: this.name,
      lanes: ['decode', ...prefillNames],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        if (lane.index === 0) {
          admitForIdleLanes(plan, budget);
          decodeOrPreempt(lane, plan, preemption);
          return;
        }
        if (plan.prefilling === 0) admitPrompts(plan, budget);
        if (plan.prefilling > 0) prefillOldest(plan, budget);
      },
    };
  },
});

/** Adds the oldest prompts that no lane computes: sought among the youngest, where prompts are. */
function prefillOldest(plan: Plan, budget: number): void {
  const prompts: SequenceView[] = [];
  for (let i = plan.sequences.length - 1, left = plan.prefilling; left > 0; i--) {
    const sequence = plan.sequences[i]!;
    if (sequence.state !== 'prefill') continue;
    left--;
    if (sequence.busyLane === -1) prompts.push(sequence);
  }
  for (let i = prompts.length - 1; i >= 0; i--) {
    const { promptTokens } = prompts[i]!.request;
    if (plan.rows > 0 && plan.newTokens + promptTokens > budget) return;
    plan.prefill(prompts[i]!, promptTokens);
  }
}

/** Admits what one prefill can take. Preempted sequences come back before anyone new enters. */
function admitPrompts(plan: Plan, budget: number): void {
  let tokens = 0;
  for (;;) {
    const next = plan.waiting.first;
    if (next === undefined || plan.preempted > 0) return;
    if (tokens > 0 && tokens + next.promptTokens > budget) return;
    if (plan.admit(next).length === 0) return;
    tokens += next.promptTokens;
  }
}

/** Admits before the decode lane moves anything, so that a newcomer can take a hole as it is. */
function admitForIdleLanes(plan: Plan, budget: number): void {
  if (plan.waiting.length === 0 || plan.prefilling > 0) return;
  if (plan.lanes.some((lane) => lane.index > 0 && lane.queued === 0)) admitPrompts(plan, budget);
}
