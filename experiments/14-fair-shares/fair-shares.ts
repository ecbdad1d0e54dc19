import {
  decodeOrPreempt,
  definePolicy,
  FloverError,
  type Plan,
  type SequenceView,
} from '@flover/policy';
import { VirtualCounters } from './virtual-counters.ts';

const parameters = { tokenBudget: 512, promptWeight: 1, outputWeight: 2 };

/**
 * Chunked prefill that admits by fair shares: next is the oldest request of the tenant that has been
 * given least so far, in prompt tokens times `promptWeight` and output tokens times `outputWeight`.
 * Every iteration decodes all, then fills what is left of `tokenBudget` with chunks of prompts.
 */
export default definePolicy({
  name: 'fair-shares',
  parameters,
  create(parameters) {
    check(parameters);
    const { tokenBudget, promptWeight, outputWeight } = parameters;
    const counters = new VirtualCounters(promptWeight, outputWeight);
    return {
      name: 'fair-shares',
      lanes: ['main'],
      claims: { workConserving: true },
      plan(lane, plan) {
        counters.update(plan.waiting);
        decodeOrPreempt(lane, plan, 'recompute');
        for (const sequence of plan.prefilling > 0 ? plan.sequences : []) {
          if (sequence.state !== 'prefill') continue;
          if (!addChunk(plan, sequence, tokenBudget)) return;
        }
        while (plan.newTokens < tokenBudget && plan.preempted === 0) {
          const next = counters.next(plan.waiting);
          const sequences = next === undefined ? [] : plan.admit(next);
          const [first] = sequences;
          if (next === undefined || first === undefined) return;
          counters.admitted(next, sequences);
          if (!addChunk(plan, first, tokenBudget)) return;
        }
      },
    };
  },
});

/** Adds what the budget allows of a prompt; false when the prompt did not get to its end. */
function addChunk(plan: Plan, sequence: SequenceView, tokenBudget: number): boolean {
  const left = sequence.request.promptTokens - sequence.plannedPromptTokens;
  const tokens = Math.min(tokenBudget - plan.newTokens, left);
  if (tokens <= 0) return false;
  plan.prefill(sequence, tokens);
  return tokens === left;
}

function check(values: typeof parameters): void {
  const wrong = (name: keyof typeof parameters, allowed: string) =>
    new FloverError(
      'bad-parameter',
      `fair-shares: ${name} is ${JSON.stringify(values[name])}; allowed: ${allowed}`,
      "set it in the policy's parameters",
    );
  const { tokenBudget } = values;
  if (!(Number.isSafeInteger(tokenBudget) && tokenBudget >= 1)) {
    throw wrong('tokenBudget', 'whole numbers from 1');
  }
  for (const name of ['promptWeight', 'outputWeight'] as const) {
    if (!(values[name] >= 0)) throw wrong(name, 'numbers from 0');
  }
}
