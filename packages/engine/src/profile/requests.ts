import type { SchedulerConfig } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';
import { ListSource } from '../run/list-source.ts';
import type { ProfileReach, ProfileRun } from './reach.ts';

/** A scheduler's configuration with room for all that a profile measures. */
export function configFor(
  reach: ProfileReach,
  name: string,
  parameters: SchedulerConfig['policy']['parameters'],
  memory: SchedulerConfig['memory'] = { kind: 'slots', slots: reach.maxBatch },
): SchedulerConfig {
  return {
    policy: { name, parameters },
    memory,
    maxSequences: reach.maxBatch,
    maxSequenceTokens: reach.maxContext,
    planAhead: 1,
  };
}

/** A single sequence whose output is as long as it may be. */
export function plainRequest(
  id: number,
  promptTokens: number,
  outputTokens: number,
  arrivalNanos = 0,
): WorkloadRequest {
  return {
    id,
    arrivalNanos,
    promptTokens,
    maxOutputTokens: outputTokens,
    outputTokens,
    group: 'single',
    width: 1,
  };
}

/** A run over requests that are all known at the start. */
export function listedRun(
  name: string,
  config: SchedulerConfig,
  requests: readonly WorkloadRequest[],
): ProfileRun {
  return { name, config, source: () => new ListSource(requests) };
}
