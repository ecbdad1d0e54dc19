import type { Law } from '../law.ts';
import { firstDifference } from '../twins.ts';

/** A power of two: parameters that are times or rates stay exact. */
const factor = 2 ** 20;

/** Parameters that are times or rates, as `windowNanos` and `agePerSecond`, are scaled too. */
export const timeScaling: Law = {
  name: 'time-scaling',
  statement: 'All times multiplied by the same factor give the same decisions.',
  check(run, twin) {
    const other = twin(run.world, { timeFactor: factor });
    const unscaled = (timeNanos: number) => timeNanos / factor;
    const difference = firstDifference(run, other, { time: unscaled });
    if (difference === undefined) return undefined;
    const message = `with all times multiplied by ${factor} it decides otherwise:\n${difference.text}`;
    return { step: difference.step, message };
  },
};
