import type { Broken } from './broken.ts';
import { onePolicy, plainPlan } from './plain.ts';

const rushHourNanos = 20_000;

export const hasARushHour: Broken = {
  fault: 'admits in another order once the run is 20 microseconds old',
  law: 'time-scaling',
  definition: onePolicy('has-a-rush-hour', (plan) =>
    plainPlan(plan, (waiting) => (plan.nowNanos < rushHourNanos ? waiting : waiting.reverse())),
  ),
};
