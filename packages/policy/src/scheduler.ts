import type { Action } from './actions.ts';
import type { SchedulerConfig } from './config.ts';
import type { SchedulerEvent } from './events.ts';
import { lookupPolicy } from './policies/index.ts';
import type { Policy, PolicyDefinition } from './policy.ts';
import { SchedulerCore } from './scheduler/core.ts';

/** Counts of the present, for views and metrics; a live object, always current. */
export interface SchedulerView {
  /** Requests that wait. */
  readonly waiting: number;
  /** Requests admitted and not ended. */
  readonly requests: number;
  /** Sequences admitted and not ended. */
  readonly sequences: number;
  /** Of these, preempted. */
  readonly preempted: number;
  /** Tokens that one block holds. */
  readonly blockTokens: number;
  /** KV blocks on the device (slots, for slot memories). */
  readonly blocks: number;
  /** Blocks held by sequences; times `blockTokens` times KV bytes a token: KV reserved. */
  readonly blocksReserved: number;
  /** Blocks held in host memory. */
  readonly hostBlocksReserved: number;
  /** Tokens whose KV is on the device, or will be by the work queued: KV used. */
  readonly tokensUsed: number;
}

/** The state machine: an event in, actions out; no clock, no randomness, no input or output. */
export interface Scheduler {
  readonly config: SchedulerConfig;
  readonly policy: Policy;
  readonly view: SchedulerView;
  /**
   * Takes one event and gives what was decided, in order; the array is valid until the next call.
   * Throws FloverError `illegal-action`, `policy-threw` or `policy-livelock` when the policy is
   * wrong; the scheduler cannot go on after that.
   */
  step(event: SchedulerEvent): readonly Action[];
}

/**
 * Makes a scheduler. `definition` is the policy to run; without it `config.policy.name` is looked
 * up among the built-in policies. Throws FloverError for an unknown policy or parameter and for
 * impossible limits.
 */
export function createScheduler(
  config: SchedulerConfig,
  definition: PolicyDefinition = lookupPolicy(config.policy.name),
): Scheduler {
  return new SchedulerCore(config, definition);
}
