import { definePolicy, type Plan, type SequenceView } from '../policy.ts';
import { wholeNumber } from './create.ts';
import { checkPreemption, decodeOrPreempt } from './preemption.ts';

/**
 * Sarathi-Serve (arXiv 2403.02310): every iteration decodes all, then fills what is left of
 * `tokenBudget` with chunks of prompts, oldest first. Where `chunkAlignment` is more than 1, chunks
 * end at multiples of it, unless that would leave the oldest prompt without any: what a budget then
 * leaves unused an executor may still charge for.
 */
export const chunkedPrefill = definePolicy({
  name: 'chunked-prefill',
  parameters: { tokenBudget: 512, chunkAlignment: 1, preemption: 'recompute' },
  create(parameters) {
    const budget = wholeNumber(this.name, 'tokenBudget', parameters.tokenBudget, 1);
    const alignment = wholeNumber(this.name, 'chunkAlignment', parameters.chunkAlignment, 1);
    const preemption = checkPreemption(this.name, parameters.preemption);
    return {
      name: this.name,
      lanes: ['main'],
      claims: { fifoAdmission: true, workConserving: true },
      plan(lane, plan) {
        decodeOrPreempt(lane, plan, preemption);
        const decoded = plan.newTokens;
        if (plan.prefilling > 0) {
          for (const sequence of plan.sequences) {
            if (sequence.state !== 'prefill') continue;
            if (!addChunk(plan, sequence, budget, alignment, plan.newTokens === decoded)) return;
          }
        }
        while (plan.newTokens < budget && plan.preempted === 0) {
          const next = plan.waiting.first;
          const sequence = next && plan.admit(next)[0];
          if (sequence === undefined) return;
          if (!addChunk(plan, sequence, budget, alignment, plan.newTokens === decoded)) return;
        }
      },
    };
  },
});

/** Adds what the budget allows of a prompt; false when the prompt did not get to its end. */
function addChunk(
  plan: Plan,
  sequence: SequenceView,
  budget: number,
  alignment: number,
  oldest: boolean,
): boolean {
  const from = sequence.plannedPromptTokens;
  const { promptTokens } = sequence.request;
  const room = Math.min(budget - plan.newTokens, promptTokens - from);
  if (room <= 0) return false;
  let to = from + room;
  if (to < promptTokens) {
    const aligned = to - (to % alignment);
    if (aligned > from) to = aligned;
    else if (!oldest) return false;
  }
  plan.prefill(sequence, to - from);
  return to === promptTokens;
}
