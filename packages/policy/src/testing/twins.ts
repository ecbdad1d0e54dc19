import type { Action } from '../actions.ts';
import { formatAction, formatEvent } from './format-events.ts';
import type { RecordedStep, Run } from './record.ts';

/** How to read the twin's words in the first run's terms. */
export interface Translation {
  readonly time?: (timeNanos: number) => number;
  readonly request?: (id: number) => number;
  readonly tenant?: (name: string) => string;
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
  const steps = Math.max(run.steps.length, twin.steps.length);
  for (let step = 0; step < steps; step++) {
    const [mine, theirs] = [run.steps[step], twin.steps[step]];
    const eventsDiffer = heard(mine, {}) !== heard(theirs, translation);
    if (!eventsDiffer && bytesOf(mine, {}) === bytesOf(theirs, translation)) continue;
    const event = mine?.event ?? theirs!.event;
    const text =
      `  on ${formatEvent(event)}\n` +
      `  first run: ${said(mine?.actions)}\n` +
      `  twin:      ${said(theirs?.actions)}`;
    return { step, eventsDiffer, text };
  }
  if (run.outcome.kind === twin.outcome.kind) return undefined;
  const text = `  first run: ${run.outcome.kind}\n  twin:      ${twin.outcome.kind}`;
  return { step: steps, eventsDiffer: false, text };
}

/** An event without what no scheduler may look at. */
function heard(step: RecordedStep | undefined, translation: Translation): string | undefined {
  if (step === undefined) return undefined;
  const { time = same, request = same, tenant = same } = translation;
  const { event } = step;
  const timeNanos = time(event.timeNanos);
  if (event.kind === 'cancel') {
    return JSON.stringify({ ...event, timeNanos, request: request(event.request) });
  }
  if (event.kind !== 'arrive') return JSON.stringify({ ...event, timeNanos });
  const { oracleOutputTokens: _, ...view } = event.request;
  const known = {
    ...view,
    id: request(view.id),
    arrivalNanos: time(view.arrivalNanos),
    ...(view.tenant !== undefined && { tenant: tenant(view.tenant) }),
  };
  return JSON.stringify({ ...event, timeNanos, request: known });
}

/** The actions of a step as bytes; works name neither times nor requests. */
function bytesOf(step: RecordedStep | undefined, translation: Translation): string | undefined {
  if (step === undefined) return undefined;
  const { time, request } = translation;
  if (time === undefined && request === undefined) return step.bytes;
  if (step.actions.every((action) => action.kind === 'launch')) return step.bytes;
  const translated = step.actions.map((action): Action => {
    if ('request' in action && request !== undefined) {
      return { ...action, request: request(action.request) };
    }
    if (action.kind !== 'wake' || time === undefined) return action;
    return { ...action, timeNanos: time(action.timeNanos) };
  });
  return JSON.stringify(translated);
}

function same<T>(value: T): T {
  return value;
}

function said(actions: readonly Action[] | undefined): string {
  if (actions === undefined) return '(it had ended)';
  return actions.length === 0 ? '(nothing)' : actions.map(formatAction).join('; ');
}
