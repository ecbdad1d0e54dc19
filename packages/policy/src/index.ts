export * from './actions.ts';
export * from './config.ts';
export { FloverError } from './error.ts';
export * from './events.ts';
export { IdMap } from './id-map.ts';
export { InvariantError, invariant } from './invariant.ts';
export { checkScheduler } from './invariants.ts';
export { nearest } from './nearest.ts';
export { builtInPolicies, lookupPolicy } from './policies/index.ts';
export {
  decodeOrPreempt,
  type Preemption,
  preemptLatest,
  resumeOldest,
} from './policies/preemption.ts';
export * from './policy.ts';
export * from './request.ts';
export {
  createScheduler,
  type Scheduler,
  type SchedulerView,
} from './scheduler.ts';
