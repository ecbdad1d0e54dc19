import { definePolicy, type Plan } from '../policy.ts';
import { wholeNumber } from './create.ts';
import { checkPreemption, decodeOrPreempt } from './preemption.ts';

/**
 * Orca and early vLLM: requests join and leave at every iteration; prompts go first, up to
 * `maxBatchedTokens` in one iteration of their own (a longer prompt goes alone).
 */
export const continuousBatching = definePolicy({
  name: 'continuous-batching',
  parameters: { maxBatchedTokens: 2048, preemption: 'recompute' },
  create(parameters) {
    const budget = wholeNumber(this.name, 'maxBatchedTokens', parameters.maxBatchedTokens, 1);
    const preemption = checkPreemption(this.name, parameters.preemption);
    return {
      name: this.name,
      lanes: ['main'],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        if (plan.prefilling > 0) prefillAdmitted(plan, budget);
        if (plan.preempted === 0) prefillWaiting(plan, budget);
        if (plan.rows === 0) decodeOrPreempt(lane, plan, preemption);
      },
    };
  },
});

function fits(plan: Plan, promptTokens: number, budget: number): boolean {
  return plan.rows === 0 || plan.newTokens + promptTokens <= budget;
}

/** Those that lost their prompt to a preemption and came back. */
function prefillAdmitted(plan: Plan, budget: number): void {
  for (const sequence of plan.sequences) {
    const { promptTokens } = sequence.request;
    if (sequence.state !== 'prefill') continue;
    if (!fits(plan, promptTokens, budget)) return;
    plan.prefill(sequence, promptTokens);
  }
}

function prefillWaiting(plan: Plan, budget: number): void {
  while (plan.prefilling === 0 && plan.waiting.first !== undefined) {
    const { first } = plan.waiting;
    if (!fits(plan, first.promptTokens, budget)) return;
    const [sequence] = plan.admit(first);
    if (sequence === undefined) return;
    plan.prefill(sequence, first.promptTokens);
  }
}
