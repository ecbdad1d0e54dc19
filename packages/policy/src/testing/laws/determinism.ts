import { otherDay } from '../hermetic.ts';
import type { Law } from '../law.ts';
import { firstDifference } from '../twins.ts';

/** The second run is on another day by the wall clock, with other random numbers. */
export const determinism: Law = {
  name: 'determinism',
  statement:
    'A fresh scheduler that is given the same events returns the same actions, byte for byte.',
  check(run, twin) {
    const other = twin(run.world, {}, otherDay);
    const difference = firstDifference(run, other);
    if (difference === undefined) return undefined;
    const message =
      'run again, with another wall clock and other random numbers, it decides otherwise:\n' +
      difference.text;
    return { step: difference.step, message };
  },
};
