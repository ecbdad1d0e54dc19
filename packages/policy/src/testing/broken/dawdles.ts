import { definePolicy } from '../../policy.ts';
import type { Broken } from './broken.ts';
import { plainPlan } from './plain.ts';

const pauseNanos = 3;

export const dawdles: Broken = {
  fault: 'claims to be work conserving, and pauses between iterations',
  law: 'work-conservation',
  definition: definePolicy({
    name: 'dawdles',
    parameters: {},
    create() {
      let restedAt = -1;
      return {
        name: 'dawdles',
        lanes: ['main'],
        claims: { workConserving: true },
        plan(_, plan) {
          if (plan.nowNanos < restedAt) return;
          plainPlan(plan);
          if (plan.rows === 0) return;
          restedAt = plan.nowNanos + pauseNanos;
          plan.wakeAt(restedAt);
        },
      };
    },
  }),
};
