import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

export const prefersLowNumbers: Broken = {
  fault: 'takes the number of a request for its age',
  law: 'relabelling',
  definition: onePolicy('prefers-low-numbers', (plan) =>
    plainPlan(plan, (waiting) => waiting.sort((a, b) => a.id - b.id)),
  ),
};
