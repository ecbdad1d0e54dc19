import type { Law } from '../law.ts';
import { isOver } from '../ledger.ts';
import { finalLedger } from '../moments.ts';

/** No starvation, no deadlock, no livelock under a finite workload. */
export const progress: Law = {
  name: 'progress',
  statement: 'Under any finite workload every request comes to its end after finitely many events.',
  check(run) {
    if (run.outcome.kind === 'thrown') return undefined;
    if (run.outcome.kind === 'endless') {
      const message = `no end after ${run.outcome.events} events: the scheduler goes round in circles`;
      return { step: undefined, message };
    }
    const left = [...finalLedger(run).requests.values()].filter((request) => !isOver(request));
    if (left.length === 0) return undefined;
    const names = left.map(({ view, sequences }) => {
      return `${view.id} (${sequences.length === 0 ? 'never admitted' : 'admitted'})`;
    });
    const message =
      'every lane is idle, no event is left that could come, ' +
      `and these requests have not ended: ${names.join(', ')}`;
    return { step: undefined, message };
  },
};
