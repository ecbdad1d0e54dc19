import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const overtakesWithoutEnd: Broken = {
  fault: 'claims that at most one later request overtakes, and always takes the shortest prompt',
  law: 'bounded-waiting',
  definition: onePolicy(
    'overtakes-without-end',
    (plan) => plainPlan(plan, (waiting) => waiting.sort((a, b) => a.promptTokens - b.promptTokens)),
    { claims: { maxOvertakes: 1 } },
  ),
};
