import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const favoursAName: Broken = {
  fault: 'admits tenants in the order of their names',
  law: 'tenant-names',
  definition: onePolicy('favours-a-name', (plan) =>
    plainPlan(plan, (waiting) =>
      waiting.sort(({ tenant: a = '' }, { tenant: b = '' }) => (a < b ? -1 : a > b ? 1 : 0)),
    ),
  ),
};
