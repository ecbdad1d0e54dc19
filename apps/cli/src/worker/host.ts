import type { Screen } from '../view/screen.ts';
import { onInterrupt } from './interrupt.ts';
import type { Job, JobResult } from './job.ts';
import { JobThread } from './thread.ts';

/** Jobs that leave nothing behind when their thread is simply ended. */
const LEAVES_NOTHING: readonly Job['kind'][] = ['laws', 'replay'];

/**
 * Runs one job in a thread of its own, shows its progress, and ends it in good order on Ctrl-C.
 *
 * @throws FloverError what the job threw; `policy-hung` when a policy does not come back; `interrupted`
 * where Ctrl-C left no result.
 */
export async function runJob<J extends Job>(job: J, screen: Screen): Promise<JobResult<J>> {
  const thread = new JobThread(screen);
  const release = onInterrupt(() => {
    if (LEAVES_NOTHING.includes(job.kind)) return thread.stop();
    screen.line('Cancelling: files are being closed. Ctrl-C again quits at once.');
    thread.cancel();
  });
  try {
    return await thread.perform(job);
  } finally {
    release();
    thread.close();
  }
}
