import { createScheduler, type SchedulerConfig } from '@flover/policy';
import { type MemorySink, memorySink } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import { Engine, type ModelSource } from '../src/engine.ts';
import { limitsFor } from '../src/limits.ts';
import type { SequenceOutput } from '../src/run/book.ts';
import { ListSource } from '../src/run/list-source.ts';
import { type RunSummary, runEngine } from '../src/run/run.ts';
import type { RunSignal } from '../src/run/signal.ts';

export interface Outcome {
  readonly summary: RunSummary;
  /** By request id. */
  readonly outputs: ReadonlyMap<number, readonly SequenceOutput[]>;
  readonly sink: MemorySink;
}

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

/** Runs requests for real; the engine stays open. */
export function runRequests(
  engine: Engine,
  config: SchedulerConfig,
  requests: readonly WorkloadRequest[],
  signal?: RunSignal,
): Outcome {
  const sink = memorySink();
  const outputs = new Map<number, readonly SequenceOutput[]>();
  const summary = runEngine({
    engine,
    scheduler: createScheduler(config),
    source: new ListSource(requests),
    sink,
    prompts: { seed: 1, replication: 0 },
    output: (request, sequences) => outputs.set(request.id, sequences),
    ...(signal === undefined ? {} : { signal }),
  });
  return { summary, outputs, sink };
}

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
