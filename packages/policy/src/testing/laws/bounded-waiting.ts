import type { Law } from '../law.ts';
import { isWaiting } from '../ledger.ts';
import { moments } from '../moments.ts';

/** Binds policies that claim `maxOvertakes`. */
export const boundedWaiting: Law = {
  name: 'bounded-waiting',
  statement:
    'If the policy claims it: at most maxOvertakes requests that arrived later are admitted ' +
    'while a request waits.',
  binds: (policy) => policy.claims?.maxOvertakes !== undefined,
  check(run) {
    const most = run.policy.claims!.maxOvertakes!;
    const overtakes = new Map<number, number>();
    for (const moment of moments(run)) {
      if (moment.kind !== 'action' || moment.action.kind !== 'admit') continue;
      for (const { view, ...entry } of moment.ledger.requests.values()) {
        if (view.id === moment.action.request) break;
        if (!isWaiting({ view, ...entry })) continue;
        const count = (overtakes.get(view.id) ?? 0) + 1;
        overtakes.set(view.id, count);
        if (count <= most) continue;
        const message = `admits request ${moment.action.request}: ${count} later requests have now overtaken request ${view.id}, claimed are at most ${most}`;
        return { step: moment.step, message };
      }
    }
    return undefined;
  },
};
