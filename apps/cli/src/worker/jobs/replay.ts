import { replayFolder } from '@flover/experiment';
import type { JobResults, ReplayJob } from '../job.ts';
import type { JobContext } from '../worker.ts';
import { hooksOf } from './experiment.ts';

/** Replays one run folder, or all below a folder. */
export function replayJob(job: ReplayJob, context: JobContext): Promise<JobResults['replay']> {
  return replayFolder(job.folder, hooksOf(context), job.policyFile);
}
