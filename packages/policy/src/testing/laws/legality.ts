import type { Law } from '../law.ts';

/** Whatever an honest executor reports, nothing is thrown: no illegal call, no broken invariant. */
export const legality: Law = {
  name: 'legality',
  statement: 'A policy makes only legal calls, and no history of events makes the scheduler throw.',
  check({ outcome, steps }) {
    if (outcome.kind !== 'thrown') return undefined;
    const on = outcome.event === undefined ? 'being created' : `a ${outcome.event.kind} event`;
    return { step: steps.length, message: `on ${on} it threw ${outcome.message}` };
  },
};
