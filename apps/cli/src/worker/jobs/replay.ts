import { replayFolder } from '@flover/experiment';
import type { ReplayVerdict } from '@flover/metrics';
import type { ReplayJob } from '../job.ts';
import type { JobContext } from '../worker.ts';
import { hooksOf } from './experiment.ts';

/** Replays one run folder, or all below a folder. */
export function replayJob(job: ReplayJob, context: JobContext): Promise<readonly ReplayVerdict[]> {
  return replayFolder(job.folder, hooksOf(context), job.policyFile);
}
