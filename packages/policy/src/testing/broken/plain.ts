import { definePolicy, type Plan, type Policy, type PolicyDefinition } from '../../policy.ts';
import type { RequestView } from '../../request.ts';

/** The order in which a plan offers the waiting requests. */
export type AdmissionOrder = (waiting: RequestView[], plan: Plan) => RequestView[];

/** One lane, everything in one work: a small sound policy for the broken ones to go wrong from. */
export function plainPlan(plan: Plan, order: AdmissionOrder = (waiting) => waiting): void {
  for (const sequence of plan.sequences) if (sequence.state === 'preempted') plan.resume(sequence);
  if (!plan.sequences.some((sequence) => sequence.state === 'preempted')) {
    for (const request of order([...plan.waiting], plan)) {
      if (!plan.canAdmit(request)) break;
      plan.admit(request);
    }
  }
  plan.decodeAll();
  for (const sequence of plan.sequences) {
    if (sequence.state === 'prefill') plan.prefill(sequence, sequence.request.promptTokens);
  }
  const youngest = plan.sequences.at(-1);
  if (plan.rows === 0 && plan.starved !== undefined && youngest !== undefined) {
    plan.preempt(youngest, 'recompute');
    plan.decodeAll();
  }
}

/** A definition without parameters of a one-lane policy. */
export function onePolicy(
  name: string,
  plan: (plan: Plan) => void,
  rest: Partial<Pick<Policy, 'claims' | 'oracle'>> = {},
): PolicyDefinition {
  return definePolicy({
    name,
    parameters: {},
    create: () => ({ name, lanes: ['main'], ...rest, plan: (_, shown) => plan(shown) }),
  });
}
