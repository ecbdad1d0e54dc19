import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const readsTheClock: Broken = {
  fault: 'looks at the wall clock to choose whom to admit first',
  law: 'determinism',
  definition: onePolicy('reads-the-clock', (plan) =>
    plainPlan(plan, (waiting) => (Date.now() % 2 === 0 ? waiting : waiting.reverse())),
  ),
};
