import { writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { MetricsCollector, type MetricsSummary } from '@flover/metrics';
import type { Scheduler, SchedulerConfig } from '@flover/policy';
import {
  createRunFolder,
  type Manifest,
  nullSink,
  type RunFolder,
  type TraceSink,
  tee,
  traceWriter,
  writeJson,
} from '@flover/trace';
import { type RequestSource, recordRequests, requestWriter } from '@flover/workload';
import { sourceOf } from '../cell-source.ts';
import type { Cell } from '../cells.ts';
import type { LoadedPolicy } from '../policy-file.ts';
import type { Experiment } from '../spec/load.ts';
import { metricsOptionsOf } from '../spec/measured.ts';

/** The name under which a run folder keeps a user's own policy. */
export const POLICY_FILE = 'policy.mjs';

/** A real run that is killed should lose little, and not wait for a disk; a simulation can be had again. */
const BUFFERS = { engine: { idleBytes: 4096 }, simulator: {} } as const;

/** Everything that a run writes, open. */
export interface Recording {
  readonly source: RequestSource;
  readonly sink: TraceSink;
  /** Writes metrics.json from what the sink has seen. */
  finish(): MetricsSummary;
  /** Closes the files; may be called twice. */
  close(): void;
}

/** Makes a run folder and opens its files; all that happens in the run goes through `sink`. */
export function openRecording(
  experiment: Experiment,
  cell: Cell,
  policy: LoadedPolicy,
  scheduler: Scheduler,
  folder: string,
  manifest: Manifest,
  further: TraceSink,
): Recording {
  const paths = createRunFolder(folder, manifest);
  if (policy.source !== undefined) writeFileSync(join(folder, POLICY_FILE), policy.source);
  const { world } = manifest;
  const { collector, ...recording } = record(experiment, cell, scheduler.config, world, paths);
  return {
    source: recording.source,
    sink: tee(...recording.sinks, further),
    finish() {
      recording.close();
      const metrics = collector.summary();
      writeJson(paths.metricsPath, metrics);
      return metrics;
    },
    close: recording.close,
  };
}

/** What a real run of a cell reads and writes, written to files that keep nothing: to rehearse it. */
export function emptyRecording(
  experiment: Experiment,
  cell: Cell,
  further: TraceSink,
): Pick<Recording, 'source' | 'sink'> {
  const nowhere = { tracePath: devNull, requestsPath: devNull };
  const { source, sinks, close } = record(experiment, cell, cell.scheduler, 'engine', nowhere);
  return { source, sink: tee(...sinks, further, { ...nullSink, close }) };
}

function record(
  experiment: Experiment,
  cell: Cell,
  scheduler: SchedulerConfig,
  world: Manifest['world'],
  { tracePath, requestsPath }: Pick<RunFolder, 'tracePath' | 'requestsPath'>,
) {
  const collector = new MetricsCollector(metricsOptionsOf(experiment));
  const requests = requestWriter(requestsPath);
  const header = { kind: 'header', format: 'flover-trace', version: 1, world, scheduler } as const;
  const trace = traceWriter(tracePath, header, BUFFERS[world]);
  return {
    collector,
    source: recordRequests(sourceOf(experiment, cell), (request) => requests.write(request)),
    sinks: [trace, collector] as const,
    close: () => requests.close(),
  };
}
