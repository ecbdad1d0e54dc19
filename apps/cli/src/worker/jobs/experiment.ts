import { resolve } from 'node:path';
import {
  type Hooks,
  type LoadedExperiment,
  loadExperiment,
  parseCostModel,
  runExperiment,
} from '@flover/experiment';
import type { Comparison } from '@flover/metrics';
import { type Frame, FrameSink } from '../../view/frame.ts';
import { guardPolicy } from '../guard.ts';
import type { ExperimentJob } from '../job.ts';
import type { JobContext } from '../worker.ts';
import { writeReport } from './report.ts';

const FRAME_INTERVAL_MS = 100;

/** Runs an experiment and leaves its pages beside its results. */
export async function experimentJob(job: ExperimentJob, context: JobContext): Promise<Comparison> {
  const experiment = withOptions(loadExperiment(job.file), job);
  const hooks = hooksOf(context, job.commandLine);
  const comparison = await runExperiment(experiment, job.worlds, hooks, job.out, job.realFrom);
  if (comparison.cells.length > 0) writeReport(job.out);
  return comparison;
}

/** What the command line says in place of the file. */
function withOptions(experiment: LoadedExperiment, job: ExperimentJob): LoadedExperiment {
  const { spec } = experiment;
  const policies = job.policyFile
    ? [{ file: resolve(job.policyFile), parameters: {} }]
    : spec.policies;
  const backend = (job.backend ?? spec.engine.backend) as typeof spec.engine.backend;
  const costModel = job.costModel ? parseCostModel(job.costModel) : spec.costModel;
  return {
    ...experiment,
    spec: { ...spec, policies, costModel, engine: { ...spec.engine, backend } },
  };
}

/** Hooks that speak with the host: frames, lines, and marks while a policy plans. */
export function hooksOf({ signal, send }: JobContext, commandLine: readonly string[] = []): Hooks {
  return {
    signal,
    commandLine,
    say: (text) => send({ kind: 'line', text }),
    guard(definition, label) {
      send({ kind: 'policy', label });
      return guardPolicy(definition, signal);
    },
    watch: framesTo((frame) => send({ kind: 'frame', frame })),
    rehearse: framesTo(() => {}),
  };
}

/** Sinks of runs that give a frame at most every so often. */
function framesTo(send: (frame: Frame) => void): Hooks['watch'] {
  let lastMs = 0;
  return ({ title, requests, kvCapacityBytes }) =>
    new FrameSink(title, requests, kvCapacityBytes, (sink) => {
      const nowMs = performance.now();
      if (nowMs - lastMs < FRAME_INTERVAL_MS) return;
      lastMs = nowMs;
      send(sink.frame());
    });
}
