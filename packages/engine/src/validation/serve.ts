import { createScheduler, type SchedulerConfig } from '@flover/policy';
import { type MemorySink, memorySink } from '@flover/trace';
import type { WorkloadRequest } from '@flover/workload';
import type { Engine } from '../engine.ts';
import type { SequenceOutput } from '../run/book.ts';
import { ListSource } from '../run/list-source.ts';
import { type RunSummary, runEngine } from '../run/run.ts';
import type { RunSignal } from '../run/signal.ts';

/** By request id; refused requests are missing. */
export type Outputs = ReadonlyMap<number, readonly SequenceOutput[]>;

export interface Served {
  readonly summary: RunSummary;
  readonly outputs: Outputs;
  readonly sink: MemorySink;
}

/** Serves requests for real and keeps everything; the engine stays open. */
export function serve(
  engine: Engine,
  config: SchedulerConfig,
  requests: readonly WorkloadRequest[],
  signal?: RunSignal,
): Served {
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
