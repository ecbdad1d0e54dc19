import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const wakesForEver: Broken = {
  fault: 'asks for another timer at every plan, even when nothing is left to do',
  law: 'progress',
  definition: onePolicy('wakes-for-ever', (plan) => {
    plainPlan(plan);
    plan.wakeAt(plan.nowNanos + 1);
  }),
};
