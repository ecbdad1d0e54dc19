import { loadExperiment, profileExperiment } from '@flover/experiment';
import type { JobResults, ProfileJob } from '../job.ts';
import type { JobContext } from '../worker.ts';
import { hooksOf } from './experiment.ts';

/** Measures an engine and writes the profile that was fitted. */
export async function profileJob(
  job: ProfileJob,
  context: JobContext,
): Promise<JobResults['profile']> {
  const loaded = loadExperiment(job.file);
  const backend = (job.backend ?? loaded.spec.engine.backend) as typeof loaded.spec.engine.backend;
  const spec = { ...loaded.spec, engine: { ...loaded.spec.engine, backend } };
  return profileExperiment({ ...loaded, spec }, hooksOf(context), job.out);
}
