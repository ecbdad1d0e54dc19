import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const admitsLastFirst: Broken = {
  fault: 'claims first in, first out, and admits the newest request first',
  law: 'fifo-admission',
  definition: onePolicy(
    'admits-last-first',
    (plan) => plainPlan(plan, (waiting) => waiting.reverse()),
    { claims: { fifoAdmission: true } },
  ),
};
