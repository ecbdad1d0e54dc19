import type { Action } from '../actions.ts';
import type { SchedulerConfig } from '../config.ts';
import type { SchedulerEvent } from '../events.ts';
import type { PolicyDefinition } from '../policy.ts';
import { createScheduler, type Scheduler } from '../scheduler.ts';
import { type LawCase, requestViews, type Twist } from './case.ts';
import { VirtualExecutor } from './executor.ts';
import type { Outcome, RecordedStep, Run } from './record.ts';
import { scaleTimes } from './time-parameters.ts';

/** Makes schedulers; a faulty one stands in for the real one in the tests of the laws. */
export type SchedulerFactory = (
  config: SchedulerConfig,
  definition: PolicyDefinition,
) => Pick<Scheduler, 'step'>;

/** What the laws are checked against. */
export interface Subject {
  readonly definition: PolicyDefinition;
  /** Default: the real scheduler. */
  readonly createScheduler?: SchedulerFactory;
}

/** Runs one world to its end, recording all that is said. Never throws. */
export function runCase(subject: Subject, world: LawCase, twist: Twist = {}): Run {
  const config = scaledConfig(subject, world.scheduler, twist.timeFactor ?? 1);
  const steps: RecordedStep[] = [];
  const requestIds = world.requests.map((_, place) => twist.requestIds?.[place] ?? place);
  let policy: Run['policy'] = { name: subject.definition.name, lanes: [] };
  let event: SchedulerEvent | undefined;
  let outcome: Outcome;
  try {
    policy = subject.definition.create({ ...config.policy.parameters });
    const make = subject.createScheduler ?? createScheduler;
    const scheduler = make(config, subject.definition);
    const views = requestViews(world, twist);
    const executor = new VirtualExecutor(world, views, twist.timeFactor ?? 1);
    const limit = mostEvents(world);
    for (event = executor.next(); event !== undefined; event = executor.next()) {
      if (steps.length === limit) break;
      const actions: readonly Action[] = [...scheduler.step(freeze(event))];
      steps.push({ event, actions, bytes: JSON.stringify(actions) });
      for (const action of actions) executor.carryOut(action);
    }
    outcome = event === undefined ? { kind: 'quiet' } : { kind: 'endless', events: limit };
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    outcome = { kind: 'thrown', message, event };
  }
  return { world, policy, requestIds, steps, outcome };
}

/** All that a scheduler said in a run, one line an event. */
export function transcript(run: Run): string {
  const lines = run.steps.map(({ event, bytes }) => `${JSON.stringify(event)} ${bytes}`);
  return [...lines, JSON.stringify(run.outcome)].join('\n');
}

function scaledConfig(
  { definition }: Subject,
  config: SchedulerConfig,
  factor: number,
): SchedulerConfig {
  const given = { ...definition.parameters, ...config.policy.parameters };
  const parameters = scaleTimes(given, factor);
  return { ...config, policy: { ...config.policy, parameters } };
}

/** Far more events than any sensible scheduler needs, recomputing after preemption included. */
function mostEvents(world: LawCase): number {
  let tokens = 0;
  for (const { promptTokens, maxOutputTokens, width } of world.requests) {
    tokens += width * (promptTokens + maxOutputTokens);
  }
  return 100 + 12 * tokens;
}

function freeze(event: SchedulerEvent): SchedulerEvent {
  if (event.kind === 'end') Object.freeze(event.stopped);
  return Object.freeze(event);
}
