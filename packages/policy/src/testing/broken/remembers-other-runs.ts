import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

/** Outside the policy, so that every run in this process shares it. */
let plans = 0;

export const remembersOtherRuns: Broken = {
  fault: 'keeps a counter outside the policy object, shared by all runs of a process',
  law: 'determinism',
  definition: onePolicy('remembers-other-runs', (plan) =>
    plainPlan(plan, (waiting) => (plans++ % 3 === 0 ? waiting.reverse() : waiting)),
  ),
};
