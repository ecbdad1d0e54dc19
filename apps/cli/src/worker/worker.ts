import { parentPort, workerData } from 'node:worker_threads';
import { RunSignal } from '@flover/engine';
import { placeInPolicy } from '@flover/experiment';
import { invariant } from '@flover/policy';
import type { Job, WorkerMessage } from './job.ts';
import { experimentJob } from './jobs/experiment.ts';
import { lawsJob } from './jobs/laws.ts';
import { profileJob } from './jobs/profile.ts';
import { replayJob } from './jobs/replay.ts';
import { sweepCellJob } from './jobs/sweep-cell.ts';
import { validateJob } from './jobs/validate.ts';

/** What a job is given to speak with its host. */
export interface JobContext {
  readonly signal: RunSignal;
  send(message: WorkerMessage): void;
}

/** The worker thread's main: performs the jobs that it is sent, until it is told that there are no more. */
export function workerMain(): void {
  invariant(parentPort, 'workerMain runs in a worker thread');
  const port = parentPort;
  const { buffer } = workerData as { buffer: SharedArrayBuffer };
  const send = (message: WorkerMessage) => port.postMessage(message);
  const context: JobContext = { signal: new RunSignal(buffer), send };
  port.on('message', (job: Job | null) => {
    if (job === null) port.close();
    else void answer(job, context);
  });
}

/** Performs a job and tells how it went. */
async function answer(job: Job, context: JobContext): Promise<void> {
  try {
    context.send({ kind: 'result', result: await perform(job, context) });
  } catch (thrown) {
    const { name, message, stack } = thrown as Error;
    const { code, hint } = thrown as { code?: string; hint?: string };
    const place = placeInPolicy(thrown);
    context.send({
      kind: 'error',
      error: {
        name,
        message: place === undefined ? message : `${message}, at ${place}`,
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
    case 'sweep-cell':
      return sweepCellJob(job, context);
  }
}
