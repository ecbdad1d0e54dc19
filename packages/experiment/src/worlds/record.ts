import { writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { MetricsCollector, type MetricsSummary } from '@flover/metrics';
import type { Scheduler, SchedulerConfig } from '@flover/policy';
import {
  createRunFolder,
  type HeaderRecord,
  type Manifest,
  nullSink,
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
import { sloOf } from '../spec/slo.ts';

/** The name under which a run folder keeps a user's own policy. */
export const POLICY_FILE = 'policy.mjs';

/** A real run that is killed should lose little; a simulation can be had again. */
const BUFFERS = { engine: { bufferBytes: 4096 }, simulator: {} } as const;

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
  const collector = collectorOf(experiment);
  const requests = requestWriter(paths.requestsPath);
  const { world } = manifest;
  const trace = traceWriter(paths.tracePath, headerOf(world, scheduler.config), BUFFERS[world]);
  const source = sourceOf(experiment, cell);
  return {
    source: recordRequests(source, (request) => requests.write(request)),
    sink: tee(trace, collector, further),
    finish() {
      requests.close();
      const metrics = collector.summary();
      writeJson(paths.metricsPath, metrics);
      return metrics;
    },
    close: () => requests.close(),
  };
}

/** What a real run of a cell reads and writes, written to files that keep nothing: to rehearse it. */
export function emptyRecording(
  experiment: Experiment,
  cell: Cell,
): Pick<Recording, 'source' | 'sink'> {
  const requests = requestWriter(devNull);
  const trace = traceWriter(devNull, headerOf('engine', cell.scheduler), BUFFERS.engine);
  const last = { ...nullSink, close: () => requests.close() };
  return {
    source: recordRequests(sourceOf(experiment, cell), (request) => requests.write(request)),
    sink: tee(trace, collectorOf(experiment), last),
  };
}

function headerOf(world: Manifest['world'], scheduler: SchedulerConfig): HeaderRecord {
  return { kind: 'header', format: 'flover-trace', version: 1, world, scheduler };
}

function collectorOf(experiment: Experiment): MetricsCollector {
  const slo = sloOf(experiment);
  return new MetricsCollector(slo === undefined ? {} : { slo });
}
