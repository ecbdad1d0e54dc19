import type { Screen } from '../view/screen.ts';
import { onInterrupt } from './interrupt.ts';
import type { Job, JobResult } from './job.ts';
import { JobThread } from './thread.ts';

/**
 * Runs one job in a thread of its own, shows its progress, and ends it in good order on Ctrl-C.
 *
 * @throws FloverError what the job threw; `policy-hung` when a policy does not come back.
 */
export async function runJob<J extends Job>(job: J, screen: Screen): Promise<JobResult<J>> {
  const thread = new JobThread(screen);
  const release = onInterrupt(() => {
    screen.line('Cancelling: the trace is being closed. Ctrl-C again quits at once.');
    thread.cancel();
  });
  try {
    return await thread.perform(job);
  } finally {
    release();
    thread.close();
  }
}
