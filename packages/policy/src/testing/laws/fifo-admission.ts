import type { Law } from '../law.ts';
import { isWaiting } from '../ledger.ts';
import { moments } from '../moments.ts';

/** Binds policies that claim `fifoAdmission`. */
export const fifoAdmission: Law = {
  name: 'fifo-admission',
  statement:
    'If the policy claims it: a request is admitted only when none that arrived earlier waits.',
  binds: (policy) => policy.claims?.fifoAdmission === true,
  check(run) {
    for (const moment of moments(run)) {
      if (moment.kind !== 'action' || moment.action.kind !== 'admit') continue;
      const { request } = moment.action;
      for (const earlier of moment.ledger.requests.values()) {
        if (earlier.view.id === request) break;
        if (!isWaiting(earlier)) continue;
        const message = `admits request ${request} while request ${earlier.view.id}, which arrived before it, waits`;
        return { step: moment.step, message };
      }
    }
    return undefined;
  },
};
