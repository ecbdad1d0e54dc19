import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { RunSignal } from '@flover/engine';
import { FloverError } from '@flover/policy';
import type { Frame } from '../view/frame.ts';
import type { Job, JobResult, WorkerMessage } from './job.ts';

const WATCH_INTERVAL_MS = 250;

/** How long one planning of a policy may take before it counts as a loop without end, ms. */
const PLAN_LIMIT_MS = 5000;

/**
 * Room for young objects in a thread's heap, MB: as much as it may take by itself. It would begin with 1,
 * and again after each full collection, and collect in the middle of an event; a run collects while idle.
 */
const YOUNG_MB = 16;

/** Who hears what a job tells while it lasts. */
export interface JobListener {
  frame(frame: Frame): void;
  line(text: string): void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** Whose plan() runs, for the error that names it. */
  policy: string;
}

/** A thread of its own that performs jobs, one after the other, and is watched while it does. */
export class JobThread {
  readonly #signal = new RunSignal();
  readonly #worker: Worker;
  readonly #listener: JobListener;
  readonly #watch: NodeJS.Timeout;
  #pending: Pending | undefined;
  #alive = true;

  constructor(listener: JobListener) {
    this.#listener = listener;
    setFlagsFromString(`--min-semi-space-size=${YOUNG_MB}`);
    this.#worker = new Worker(new URL(import.meta.url), {
      workerData: { buffer: this.#signal.buffer },
      stdout: false,
    });
    this.#watch = watchPlanning(this.#signal, () => {
      this.#fail(hung(this.#pending?.policy ?? 'policy'));
      void this.#worker.terminate();
    });
    this.#worker.on('message', (message: WorkerMessage) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => {
      clearInterval(this.#watch);
      this.#fail(new FloverError('worker-died', `the worker ended with code ${code}`));
    });
  }

  /** False once the thread cannot perform another job. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Performs a job; the thread must have no other under way.
   *
   * @throws FloverError what the job threw; `policy-hung` when a policy does not come back;
   * `worker-died`.
   */
  perform<J extends Job>(job: J): Promise<JobResult<J>> {
    return new Promise((resolve, reject) => {
      const policy = 'policyFile' in job && job.policyFile ? job.policyFile : 'policy';
      this.#pending = { resolve: resolve as Pending['resolve'], reject, policy };
      this.#worker.postMessage(job);
    });
  }

  /** Asks for the end of the job under way. */
  cancel(): void {
    this.#signal.cancel();
  }

  /** Ends the thread at once, with whatever it is doing. */
  stop(): void {
    this.#fail(new FloverError('interrupted', 'ended by Ctrl-C before there was a result'));
    void this.#worker.terminate();
  }

  /** Lets the thread end by itself. */
  close(): void {
    this.#worker.postMessage(null);
  }

  #hear(message: WorkerMessage): void {
    switch (message.kind) {
      case 'frame':
        this.#listener.frame(message.frame);
        break;
      case 'line':
        this.#listener.line(message.text);
        break;
      case 'policy':
        if (this.#pending) this.#pending.policy = message.label;
        break;
      case 'result':
        this.#take()?.resolve(message.result);
        break;
      case 'error':
        this.#take()?.reject(revive(message.error));
    }
  }

  #fail(error: unknown): void {
    this.#alive = false;
    this.#take()?.reject(error);
  }

  #take(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }
}

function watchPlanning(signal: RunSignal, onHang: () => void): NodeJS.Timeout {
  let seen: number | undefined;
  let sinceMs = Date.now();
  return setInterval(() => {
    const beat = signal.heartbeat;
    if (!signal.inPolicy || beat !== seen) {
      seen = beat;
      sinceMs = Date.now();
    } else if (Date.now() - sinceMs > PLAN_LIMIT_MS) {
      onHang();
    }
  }, WATCH_INTERVAL_MS);
}

function hung(policy: string): FloverError {
  return new FloverError(
    'policy-hung',
    `policy '${policy}' did not come back from plan() within ${PLAN_LIMIT_MS / 1000} s`,
    'Look for a loop without an end in its plan(); of a run, the trace up to this point is readable.',
  );
}

function revive(error: Extract<WorkerMessage, { kind: 'error' }>['error']): Error {
  if (error.code !== undefined) return new FloverError(error.code, error.message, error.hint);
  const plain = new Error(error.message);
  plain.name = error.name;
  if (error.stack !== undefined) plain.stack = error.stack;
  return plain;
}
