import { FloverError } from '../error.ts';
import type { Lane } from './lane.ts';
import type { State } from './state.ts';

const MAX_CALLS = 10_000_000;

/** The error of a policy that asked for what cannot be. */
export function illegal(state: State, lane: Lane, what: string): FloverError {
  return new FloverError(
    'illegal-action',
    `policy '${state.policy.name}', planning lane ${lane.index} '${lane.name}' at ${state.nowNanos} ns, ${what}`,
    "correct the policy's plan; 'flover laws' finds the smallest workload that shows it",
  );
}

/** The error of a policy that keeps deciding without getting anywhere. */
export function livelock(state: State, what: string): FloverError {
  return new FloverError(
    'policy-livelock',
    `policy '${state.policy.name}' at ${state.nowNanos} ns ${what}`,
    'let plan() return when it has nothing to add, and wake only at times to come',
  );
}

/** Counts the calls of one plan, so that a policy that asks for ever is stopped. */
export class CallCounter {
  private readonly state: State;
  private calls = 0;

  constructor(state: State) {
    this.state = state;
  }

  reset(): void {
    this.calls = 0;
  }

  count(): void {
    if (++this.calls > MAX_CALLS) {
      throw livelock(this.state, `made more than ${MAX_CALLS} calls in one plan`);
    }
  }
}
