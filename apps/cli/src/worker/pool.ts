import type { Job, JobResult } from './job.ts';
import { type JobListener, JobThread } from './thread.ts';

/** Threads that perform jobs side by side; one that died is replaced when it is needed. */
export class ThreadPool {
  readonly #listener: JobListener;
  readonly #idle: JobThread[] = [];
  readonly #busy = new Set<JobThread>();

  constructor(listener: JobListener) {
    this.#listener = listener;
  }

  /** Performs a job on a thread of its own. */
  async perform<J extends Job>(job: J): Promise<JobResult<J>> {
    const thread = this.#waiting() ?? new JobThread(this.#listener);
    this.#busy.add(thread);
    try {
      return await thread.perform(job);
    } finally {
      this.#busy.delete(thread);
      if (thread.alive) this.#idle.push(thread);
    }
  }

  #waiting(): JobThread | undefined {
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) {
      if (thread.alive) return thread;
    }
    return undefined;
  }

  /** Asks for the end of all jobs that are under way. */
  cancel(): void {
    for (const thread of this.#busy) thread.cancel();
  }

  /** Lets all threads end. */
  close(): void {
    for (const thread of [...this.#idle, ...this.#busy]) thread.close();
  }
}
