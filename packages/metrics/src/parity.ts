import type { Action, SchedulerEvent } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';
import { canonicalJson, sameJson } from './canonical.ts';
import { type Decision, decisions } from './decisions.ts';

/** Anything that decides: a fresh `Scheduler` of `@flover/policy`. */
export interface Decider {
  step(event: SchedulerEvent): readonly Action[];
}

/** Where the replayed decisions first differ from the recorded ones. */
export interface DecisionDifference {
  /** Number of the event in the trace, from 0. */
  readonly eventIndex: number;
  readonly timeNanos: number;
  readonly event: SchedulerEvent;
  /** Number of the action after this event, from 0. */
  readonly actionIndex: number;
  /** Canonical JSON of the action in the trace; missing where the trace has no more. */
  readonly recorded?: string;
  /** Canonical JSON of the action decided now, or what the scheduler threw. */
  readonly decided?: string;
}

/** Whether a fresh scheduler, told the recorded events, decides the recorded actions. */
export interface DecisionParity {
  readonly identical: boolean;
  /** Events and actions found equal: all, or those before the difference. */
  readonly events: number;
  readonly actions: number;
  readonly launches: number;
  /** The trace breaks off: its last event was compared as far as it goes. */
  readonly cutOff: boolean;
  readonly difference?: DecisionDifference;
}

/**
 * Replays the events of a run and compares the actions byte for byte, as canonical JSON.
 *
 * `scheduler` must be fresh and of the run's own configuration. Stops at the first difference:
 * after it the two are in different states. A scheduler that throws has differed.
 */
export function decisionParity(records: Iterable<TraceRecord>, scheduler: Decider): DecisionParity {
  const counts = { events: 0, actions: 0, launches: 0, cutOff: false };
  for (const decision of decisions(records)) {
    counts.cutOff = decision.cutOff;
    const difference = firstDifference(decision, scheduler, counts);
    if (difference !== undefined) return { identical: false, ...counts, difference };
    counts.events++;
  }
  return { identical: true, ...counts };
}

function firstDifference(
  { index, event, actions, cutOff }: Decision,
  scheduler: Decider,
  counts: { actions: number; launches: number },
): DecisionDifference | undefined {
  const at = { eventIndex: index, timeNanos: event.timeNanos, event };
  let decided: readonly Action[];
  try {
    decided = scheduler.step(event);
  } catch (error) {
    const thrown = `threw ${error instanceof Error ? error.message : String(error)}`;
    return { ...at, actionIndex: 0, ...text('recorded', actions[0]), decided: thrown };
  }
  const compared = cutOff ? actions.length : Math.max(actions.length, decided.length);
  for (let i = 0; i < compared; i++) {
    const mine = decided[i];
    const theirs = actions[i];
    if (mine === undefined || theirs === undefined || !sameJson(theirs, mine)) {
      return { ...at, actionIndex: i, ...text('recorded', theirs), ...text('decided', mine) };
    }
    counts.actions++;
    if (theirs.kind === 'launch') counts.launches++;
  }
  return undefined;
}

function text(key: 'recorded' | 'decided', action: Action | undefined) {
  return action === undefined ? {} : { [key]: canonicalJson(action) };
}

/** The verdict in words, several lines where there is a difference. */
export function describeDecisionParity(parity: DecisionParity): string {
  const { events, actions, launches, difference } = parity;
  const same = `${events} events, ${actions} actions (${launches} iterations)`;
  const broken = parity.cutOff ? '; the trace breaks off there' : '';
  if (difference === undefined) return `identical: ${same}${broken}`;
  return [
    `different after ${same}:`,
    `  event ${difference.eventIndex} at ${difference.timeNanos} ns: ${canonicalJson(difference.event)}`,
    `  action ${difference.actionIndex} recorded: ${difference.recorded ?? '(no more)'}`,
    `  action ${difference.actionIndex} decided:  ${difference.decided ?? '(no more)'}`,
  ].join('\n');
}
