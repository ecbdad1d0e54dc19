import type { Law } from '../law.ts';

/** Events are frozen, so that writing to one throws and breaks legality. */
export const purity: Law = {
  name: 'purity',
  statement: 'An action never changes after it was returned.',
  check(run) {
    for (const [step, { actions, bytes }] of run.steps.entries()) {
      const now = JSON.stringify(actions);
      if (now === bytes) continue;
      return { step, message: `an action was changed later:\n  was ${bytes}\n  is  ${now}` };
    }
    return undefined;
  },
};
