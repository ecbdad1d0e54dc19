import { Worker } from 'node:worker_threads';
import { RunSignal } from '@flover/engine';
import { FloverError } from '@flover/policy';
import type { Frame } from '../view/frame.ts';
import type { Screen } from '../view/screen.ts';
import type { Job, JobResult, WorkerMessage } from './job.ts';

const WATCH_INTERVAL_MS = 250;

/** How long one planning of a policy may take before it counts as a loop without end, ms. */
const PLAN_LIMIT_MS = 5000;

/**
 * Runs one job in a thread of its own, shows its progress, and ends it in good order on Ctrl-C.
 *
 * @throws FloverError what the job threw; `policy-hung` when a policy does not come back.
 */
export function runJob<J extends Job>(job: J, screen: Screen): Promise<JobResult<J>> {
  const signal = new RunSignal();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { job, buffer: signal.buffer },
    stdout: false,
  });
  const interrupt = () => {
    if (signal.cancelled) process.exit(130);
    screen.line('Cancelling: the trace is being closed. Ctrl-C again quits at once.');
    signal.cancel();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return new Promise<JobResult<J>>((resolve, reject) => {
    let policy = 'policyFile' in job && job.policyFile ? job.policyFile : 'policy';
    const watch = watchPlanning(signal, () => {
      reject(hung(policy));
      void worker.terminate();
    });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'frame') screen.frame(message.frame as Frame);
      else if (message.kind === 'line') screen.line(message.text);
      else if (message.kind === 'policy') policy = message.label;
      else if (message.kind === 'result') resolve(message.result as JobResult<J>);
      else reject(revive(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      clearInterval(watch);
      if (code !== 0) reject(new FloverError('worker-died', `the worker ended with code ${code}`));
    });
  }).finally(() => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  });
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
    'Look for a loop without an end in its plan(); the trace up to this point is readable.',
  );
}

function revive(error: {
  name: string;
  code?: string;
  message: string;
  hint?: string;
  stack?: string;
}) {
  if (error.code !== undefined) return new FloverError(error.code, error.message, error.hint);
  const plain = new Error(error.message);
  plain.name = error.name;
  if (error.stack !== undefined) plain.stack = error.stack;
  return plain;
}
