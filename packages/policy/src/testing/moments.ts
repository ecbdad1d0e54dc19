import type { Action } from '../actions.ts';
import type { SchedulerEvent } from '../events.ts';
import { Ledger } from './ledger.ts';
import type { Run } from './record.ts';

/**
 * A point in a run. The ledger stands as it was just before the event or the action; `settled` comes
 * once the scheduler has said all it had to say on an event.
 */
export type Moment = { readonly step: number; readonly ledger: Ledger } & (
  | { readonly kind: 'event'; readonly event: SchedulerEvent }
  | { readonly kind: 'action'; readonly action: Action; readonly event: SchedulerEvent }
  | { readonly kind: 'settled'; readonly event: SchedulerEvent }
);

/** Walks a run with an outsider's books at hand. */
export function* moments(run: Run): Generator<Moment> {
  const ledger = new Ledger(run.world, run.requestIds);
  for (const [step, { event, actions }] of run.steps.entries()) {
    yield { kind: 'event', step, ledger, event };
    ledger.event(event);
    for (const action of actions) {
      yield { kind: 'action', step, ledger, event, action };
      ledger.action(action);
    }
    yield { kind: 'settled', step, ledger, event };
  }
}

/** The books at the end of a run. */
export function finalLedger(run: Run): Ledger {
  const ledger = new Ledger(run.world, run.requestIds);
  for (const { event, actions } of run.steps) {
    ledger.event(event);
    for (const action of actions) ledger.action(action);
  }
  return ledger;
}
