import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricsCollector, type MetricsSummary } from '@flover/metrics';
import type { Scheduler } from '@flover/policy';
import {
  createRunFolder,
  type Manifest,
  type TraceSink,
  tee,
  traceWriter,
  writeJson,
} from '@flover/trace';
import { createSource, type RequestSource, recordRequests, requestWriter } from '@flover/workload';
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
  const slo = sloOf(experiment);
  const collector = new MetricsCollector(slo === undefined ? {} : { slo });
  const requests = requestWriter(paths.requestsPath);
  const header = {
    kind: 'header',
    format: 'flover-trace',
    version: 1,
    world: manifest.world,
    scheduler: scheduler.config,
  } as const;
  const trace = traceWriter(paths.tracePath, header, BUFFERS[manifest.world]);
  const source = createSource(cell.workload, {
    seed: cell.seed,
    replication: cell.replication,
    folder: experiment.folder,
  });
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
