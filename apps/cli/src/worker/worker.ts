import { parentPort, workerData } from 'node:worker_threads';
import { RunSignal } from '@flover/engine';
import { invariant } from '@flover/policy';
import type { Job, WorkerMessage } from './job.ts';
import { experimentJob } from './jobs/experiment.ts';
import { lawsJob } from './jobs/laws.ts';
import { profileJob } from './jobs/profile.ts';
import { replayJob } from './jobs/replay.ts';
import { validateJob } from './jobs/validate.ts';

/** What a job is given to speak with its host. */
export interface JobContext {
  readonly signal: RunSignal;
  send(message: WorkerMessage): void;
}

/** The worker thread's main: runs the one job it was made for and tells how it went. */
export async function workerMain(): Promise<void> {
  invariant(parentPort, 'workerMain runs in a worker thread');
  const port = parentPort;
  const { job, buffer } = workerData as { job: Job; buffer: SharedArrayBuffer };
  const send = (message: WorkerMessage) => port.postMessage(message);
  try {
    send({ kind: 'result', result: await perform(job, { signal: new RunSignal(buffer), send }) });
  } catch (thrown) {
    const { name, message, stack } = thrown as Error;
    const { code, hint } = thrown as { code?: string; hint?: string };
    send({
      kind: 'error',
      error: {
        name,
        message,
        ...(typeof code === 'string' ? { code } : {}),
        ...(hint ? { hint } : {}),
        ...(stack ? { stack } : {}),
      },
    });
  }
}

function perform(job: Job, context: JobContext): unknown {
  switch (job.kind) {
    case 'experiment':
      return experimentJob(job, context);
    case 'replay':
      return replayJob(job, context);
    case 'profile':
      return profileJob(job, context);
    case 'laws':
      return lawsJob(job, context);
    case 'validate':
      return validateJob(job, context);
  }
}
