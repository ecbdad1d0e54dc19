import { createScheduler, type SchedulerConfig } from '@flover/policy';
import { memorySink, type TraceRecord, type TraceSink } from '@flover/trace';
import type { RequestSource } from '@flover/workload';
import type { CostModel } from '../../src/cost-model.ts';
import { type SimulationResult, simulate } from '../../src/simulator.ts';

/** A scheduler's configuration with ample slots. */
export function schedulerConfig(
  policy: string,
  overrides: Partial<SchedulerConfig> = {},
): SchedulerConfig {
  return {
    policy: { name: policy, parameters: {} },
    memory: { kind: 'slots', slots: 8 },
    maxSequences: 8,
    maxSequenceTokens: 4096,
    planAhead: 0,
    ...overrides,
  };
}

/** Runs and keeps the trace. */
export function record(
  config: SchedulerConfig,
  source: RequestSource,
  costModel: CostModel,
): { readonly records: readonly TraceRecord[]; readonly result: SimulationResult } {
  const sink = memorySink();
  const result = simulate({ scheduler: createScheduler(config), source, costModel, sink });
  return { records: sink.records, result };
}

/** Keeps nothing but when each request arrived and when it finished, by request. */
export function staySink(): TraceSink & { readonly stays: [number, number][] } {
  const found: [number, number][] = [];
  return {
    stays: found,
    event(event) {
      if (event.kind === 'arrive') found[event.request.id] = [event.timeNanos, Number.NaN];
    },
    action(action, timeNanos) {
      if (action.kind === 'finish') found[action.request][1] = timeNanos;
    },
    measure() {},
    close() {},
  };
}

/** When each request arrived and when it finished or was refused, by request. */
export function stays(records: readonly TraceRecord[]): Map<number, [number, number]> {
  const found = new Map<number, [number, number]>();
  for (const entry of records) {
    if (entry.kind === 'event' && entry.event.kind === 'arrive') {
      found.set(entry.event.request.id, [entry.event.timeNanos, Number.NaN]);
    } else if (entry.kind === 'action' && ['finish', 'refuse'].includes(entry.action.kind)) {
      const { request } = entry.action as { request: number };
      const stay = found.get(request);
      if (stay !== undefined) stay[1] = entry.timeNanos;
    }
  }
  return found;
}
