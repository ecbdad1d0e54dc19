import { definePolicy } from '../../policy.ts';
import type { Broken } from './broken.ts';
import { plainPlan } from './plain.ts';

export const ignoresBusyLanes: Broken = {
  fault: 'decodes on one lane what another lane still holds',
  law: 'legality',
  definition: definePolicy({
    name: 'ignores-busy-lanes',
    parameters: {},
    create: () => ({
      name: 'ignores-busy-lanes',
      lanes: ['first', 'second'],
      plan(lane, plan) {
        if (lane.index === 0) plainPlan(plan);
        else for (const sequence of plan.sequences) plan.decode(sequence);
      },
    }),
  }),
};
