import type { Action } from '../actions.ts';
import type { SchedulerEvent } from '../events.ts';
import type { Policy } from '../policy.ts';
import type { LawCase } from './case.ts';

/** One event and all that the scheduler decided on it. */
export interface RecordedStep {
  readonly event: SchedulerEvent;
  readonly actions: readonly Action[];
  /** The actions as JSON at the moment when they were returned. */
  readonly bytes: string;
}

/** How a run came to its end. */
export type Outcome =
  | { readonly kind: 'quiet' }
  | {
      readonly kind: 'thrown';
      readonly message: string;
      readonly event: SchedulerEvent | undefined;
    }
  | { readonly kind: 'endless'; readonly events: number };

/** Everything that was said between one scheduler and one executor. */
export interface Run {
  readonly world: LawCase;
  readonly policy: Pick<Policy, 'name' | 'lanes' | 'claims' | 'oracle' | 'knowsTenants'>;
  /** Ids in order of arrival. */
  readonly requestIds: readonly number[];
  readonly steps: readonly RecordedStep[];
  /** `quiet`: nothing is left that could happen. */
  readonly outcome: Outcome;
}
