import { loadExperiment, profileExperiment } from '@flover/experiment';
import type { JobResults, ProfileJob } from '../job.ts';
import type { JobContext } from '../worker.ts';
import { hooksOf } from './experiment.ts';

/** Measures an engine, or takes what was measured, and writes the profile that was fitted. */
export async function profileJob(
  job: ProfileJob,
  context: JobContext,
): Promise<JobResults['profile']> {
  const { file, out, backend, keep, from } = job;
  const request = { out, ...(keep ? { keep } : {}) };
  if (from) return profileExperiment({ ...request, from }, hooksOf(context));
  const loaded = loadExperiment(file ?? '');
  const engine = { ...loaded.spec.engine, ...(backend ? { backend } : {}) };
  const spec = { ...loaded.spec, engine: engine as typeof loaded.spec.engine };
  return profileExperiment({ ...request, experiment: { ...loaded, spec } }, hooksOf(context));
}
