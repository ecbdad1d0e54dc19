import type { Action } from '../actions.ts';
import type { SchedulerEvent } from '../events.ts';
import { formatAction, formatEvent } from './format-events.ts';
import type { Run } from './record.ts';

/** How to read the twin's words in the first run's terms. */
export interface Translation {
  readonly time?: (timeNanos: number) => number;
  readonly request?: (id: number) => number;
  /** Given each event of either run: what the scheduler may know of it. */
  readonly known?: (event: SchedulerEvent) => SchedulerEvent;
}

/** The first event at which two runs part. */
export interface Difference {
  readonly step: number;
  /** The events differ, so that the decisions may. */
  readonly eventsDiffer: boolean;
  readonly text: string;
}

/** Compares a run with its twin event by event, decision by decision. */
export function firstDifference(
  run: Run,
  twin: Run,
  translation: Translation = {},
): Difference | undefined {
  const same = (value: unknown) => value;
  const back = translator(translation);
  const steps = Math.max(run.steps.length, twin.steps.length);
  for (let step = 0; step < steps; step++) {
    const [mine, theirs] = [run.steps[step], twin.steps[step]];
    const eventsDiffer = words(mine?.event, same) !== words(theirs?.event, back);
    const actionsDiffer = words(mine?.actions, same) !== words(theirs?.actions, back);
    if (!eventsDiffer && !actionsDiffer) continue;
    const event = mine?.event ?? theirs!.event;
    const text =
      `  on ${formatEvent(event)}\n` +
      `  first run: ${said(mine?.actions)}\n` +
      `  twin:      ${said(theirs?.actions)}`;
    return { step, eventsDiffer, text };
  }
  if (run.outcome.kind === twin.outcome.kind) return undefined;
  const text = `  first run: ${words(run.outcome, same)}\n  twin:      ${words(twin.outcome, same)}`;
  return { step: steps, eventsDiffer: false, text };
}

/** JSON without what no scheduler may look at. */
function words(value: unknown, replace: (value: unknown, key: string) => unknown): string {
  return JSON.stringify(value, (key, item) =>
    key === 'oracleOutputTokens' ? undefined : replace(item, key),
  );
}

function translator({ time, request }: Translation): (value: unknown, key: string) => unknown {
  return (value, key) => {
    if (typeof value === 'number') {
      if (key.endsWith('Nanos')) return time?.(value) ?? value;
      if (key === 'request') return request?.(value) ?? value;
    }
    if (key === 'request' && typeof value === 'object' && value !== null && request !== undefined) {
      const view = value as { readonly id: number };
      return { ...view, id: request(view.id) };
    }
    return value;
  };
}

function said(actions: readonly Action[] | undefined): string {
  if (actions === undefined) return '(it had ended)';
  return actions.length === 0 ? '(nothing)' : actions.map(formatAction).join('; ');
}
