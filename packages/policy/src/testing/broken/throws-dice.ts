import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const throwsDice: Broken = {
  fault: 'throws dice for the order of admission',
  law: 'determinism',
  definition: onePolicy('throws-dice', (plan) =>
    plainPlan(plan, (waiting) => (Math.random() < 0.5 ? waiting : waiting.reverse())),
  ),
};
