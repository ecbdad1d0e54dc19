import type { Action, Work } from '../../actions.ts';
import type { SchedulerConfig } from '../../config.ts';
import type { SchedulerEvent } from '../../events.ts';
import { createScheduler } from '../../scheduler.ts';
import type { SchedulerFactory } from '../harness.ts';

/** What goes wrong between the real scheduler and the world. */
export interface Fault {
  /** The configuration that the scheduler believes in. */
  readonly config?: (config: SchedulerConfig) => SchedulerConfig;
  /** What it hears; undefined: nothing. */
  readonly hears?: (event: SchedulerEvent) => SchedulerEvent | undefined;
  /** What becomes of each of its actions. */
  readonly says?: (action: Action) => readonly Action[];
  /** What becomes of each of its works. */
  readonly launches?: (work: Work) => Work;
}

/** The real scheduler with a fault; `makeFault` is called for each scheduler that is made. */
export function faultyScheduler(makeFault: () => Fault): SchedulerFactory {
  return (config, definition) => {
    const fault = makeFault();
    const scheduler = createScheduler(fault.config?.(config) ?? config, definition);
    const says = (action: Action): readonly Action[] => {
      const altered =
        action.kind === 'launch' && fault.launches !== undefined
          ? { ...action, work: fault.launches(action.work) }
          : action;
      return fault.says?.(altered) ?? [altered];
    };
    return {
      step(event) {
        const heard = fault.hears === undefined ? event : fault.hears(event);
        return heard === undefined ? [] : scheduler.step(heard).flatMap(says);
      },
    };
  };
}
