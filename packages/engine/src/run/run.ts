import { FloverError, type Scheduler } from '@flover/policy';
import type { TraceSink } from '@flover/trace';
import type { RequestSource } from '@flover/workload';
import type { NativeEngine } from '../addon-types.ts';
import type { Engine } from '../engine.ts';
import { fromNative } from '../native-error.ts';
import type { OutputListener } from './book.ts';
import { Driver } from './driver.ts';
import type { PromptSeed } from './sequences.ts';
import type { RunSignal } from './signal.ts';

/** What a run needs of the native engine. */
export type RunNative = Pick<
  NativeEngine,
  'startClock' | 'nowNanos' | 'add' | 'release' | 'result' | 'launch' | 'wait'
>;

export interface RunOptions {
  readonly engine: Pick<Engine, 'model' | 'limits'> & { readonly native: RunNative };
  readonly scheduler: Scheduler;
  readonly source: RequestSource;
  readonly sink: TraceSink;
  /** Of made-up prompts. */
  readonly prompts: PromptSeed;
  /** Cancels the run from another thread, and shows it that the run is alive. */
  readonly signal?: RunSignal;
  /** Gets what each request produced. */
  readonly output?: OutputListener;
}

export interface RunSummary {
  readonly outcome: 'complete' | 'cancelled';
  /** Works executed. */
  readonly iterations: number;
  /** Requests that arrived. */
  readonly requests: number;
  readonly endNanos: number;
}

/**
 * Executes a workload for real, under the scheduler's decisions; returns when all requests ended.
 *
 * Synchronous: the thread waits in the addon. The trace is closed whatever happens: 'complete',
 * 'cancelled' after the signal, or 'failed' with the message of the error that is then thrown. The
 * engine is left without sequences, ready for the next run, unless the device itself failed. Throws
 * `engine-busy` where the engine is in a run already, and `logits-not-finite` after the last request's
 * end where the model had no probabilities for some: those were cancelled, all others served.
 */
export function runEngine(options: RunOptions): RunSummary {
  const { native } = options.engine;
  if (inRun.has(native)) {
    const message = 'the engine is in the middle of a run';
    const hint = 'let runs follow one another, or open an engine for each';
    const error = new FloverError('engine-busy', message, hint);
    closeFailed(options.sink, 0, error);
    throw error;
  }
  inRun.add(native);
  try {
    return runAlone(options);
  } finally {
    inRun.delete(native);
  }
}

/** Engines in a run: what a run calls, such as its output listener, may come here again. */
const inRun = new WeakSet<RunNative>();

function runAlone(options: RunOptions): RunSummary {
  const driver = new Driver(options);
  try {
    const summary = driver.run();
    options.sink.close({
      kind: 'footer',
      timeNanos: summary.endNanos,
      outcome: summary.outcome,
    });
    return summary;
  } catch (cause) {
    const error = fromNative(cause);
    driver.abandon();
    closeFailed(options.sink, driver.lastNanos, error);
    throw error;
  }
}

function closeFailed(sink: TraceSink, timeNanos: number, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  try {
    sink.close({ kind: 'footer', timeNanos, outcome: 'failed', message });
  } catch {
    // The sink itself may be what failed (a full disk); the first error is the one to report.
  }
}
