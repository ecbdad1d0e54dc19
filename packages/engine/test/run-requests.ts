import type { SchedulerConfig } from '@flover/policy';
import type { WorkloadRequest } from '@flover/workload';
import { Engine, type ModelSource } from '../src/engine.ts';
import { limitsFor } from '../src/limits.ts';

/** A scheduler's configuration for tests: temporal fusion with eight slots, unless said otherwise. */
export function schedulerConfig(change: Partial<SchedulerConfig> = {}): SchedulerConfig {
  return {
    policy: { name: 'temporal-fusion', parameters: {} },
    memory: { kind: 'slots', slots: 8 },
    maxSequences: 8,
    maxSequenceTokens: 320,
    planAhead: 1,
    ...change,
  };
}

/** Opens a CPU engine that can obey schedulers of this configuration. */
export function openCpu(
  model: ModelSource,
  config: SchedulerConfig,
  lanes = 2,
  threads = 2,
): Engine {
  return Engine.open({ model, backend: 'cpu', limits: limitsFor(config, lanes, threads) });
}

export { serve as runRequests } from '../src/validation/serve.ts';

/** One request with a prompt of its own, arriving at once. */
export function promptRequest(
  id: number,
  prompt: readonly number[],
  maxOutputTokens: number,
  more: Partial<WorkloadRequest> = {},
): WorkloadRequest {
  return {
    id,
    arrivalNanos: 0,
    promptTokens: prompt.length,
    promptTokenIds: prompt,
    maxOutputTokens,
    group: 'single',
    width: 1,
    ...more,
  };
}
