import type { Action, SchedulerEvent } from '@flover/policy';
import type { TraceRecord } from '@flover/trace';

/** One event of a trace with the actions that followed it. */
export interface Decision {
  /** Number of the event in the trace, from 0. */
  readonly index: number;
  readonly event: SchedulerEvent;
  readonly actions: readonly Action[];
  /** The trace broke off here: some of the actions may be missing. */
  readonly cutOff: boolean;
}

/** The events of a trace, each with its actions; measures are passed over. */
export function* decisions(records: Iterable<TraceRecord>): Generator<Decision> {
  let event: SchedulerEvent | undefined;
  let actions: Action[] = [];
  let index = 0;
  let whole = false;
  for (const record of records) {
    if (record.kind === 'action') actions.push(record.action);
    else if (record.kind === 'footer') whole = record.outcome !== 'failed';
    else if (record.kind === 'event') {
      if (event !== undefined) yield { index: index++, event, actions, cutOff: false };
      event = record.event;
      actions = [];
    }
  }
  if (event !== undefined) yield { index, event, actions, cutOff: !whole };
}
