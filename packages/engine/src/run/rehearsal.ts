import { createScheduler, RowFlag, type SchedulerConfig } from '@flover/policy';
import { nullSink, type TraceSink, tee } from '@flover/trace';
import { recordRequests, type WorkloadRequest } from '@flover/workload';
import type { NativeCompletion, NativeResult } from '../addon-types.ts';
import { ListSource } from './list-source.ts';
import { type RunNative, type RunOptions, runEngine } from './run.ts';
import { RunSignal } from './signal.ts';

/** Iterations after which the code of an iteration is compiled for good. */
const ITERATIONS = 1500;
/**
 * From one look at the clock to the next. After 2.1 s a time no longer fits the engine's small
 * integers, and code that has seen no other would be compiled anew in the middle of a run.
 */
const LOOK_NANOS = 3_000_000;
const MOST_ACTIVE = 64;
const PROMPT_TOKENS = 8;
const NOTHING: NativeResult = {
  tokens: new Int32Array(0),
  logProbs: new Float32Array(0),
  score: 0,
};

/** What a run writes to, for a rehearsal: its trace, and its requests as they arrive. */
export interface Recorder {
  readonly sink: TraceSink;
  readonly request: (request: WorkloadRequest) => void;
}

// The kinds of objects that a run has: what is compiled for others is thrown away in its middle.
const keepsNothing = (): Recorder => ({ sink: tee(nullSink, nullSink), request: () => {} });

interface Queued {
  readonly work: number;
  readonly lane: number;
  readonly sequences: readonly number[];
}

/** Takes works and ends them at once: a device that computes nothing, on a clock of its own. */
class EmptyStage implements RunNative {
  readonly #queue: Queued[] = [];
  #nanos = 0;

  startClock(): void {
    this.#nanos = 0;
  }

  nowNanos(): number {
    this.#nanos += LOOK_NANOS;
    return this.#nanos;
  }

  add(): void {}
  release(): void {}

  result(): NativeResult {
    return NOTHING;
  }

  launch(...[work, lane, rows, sequences, , , flags]: Parameters<RunNative['launch']>): void {
    const sampled: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (flags[row]! & RowFlag.Samples) sampled.push(sequences[row]!);
    }
    this.#queue.push({ work, lane, sequences: sampled });
  }

  wait(deadlineNanos: number, completion: NativeCompletion): boolean {
    const ended = this.#queue.shift();
    if (ended === undefined) {
      this.#nanos = Math.max(this.#nanos, deadlineNanos);
      return false;
    }
    const { header, sequences, tokens, stopped } = completion;
    const now = this.nowNanos();
    header.set([ended.work, ended.lane, now, now, 0, 0, ended.sequences.length, now]);
    for (let i = 0; i < ended.sequences.length; i++) {
      sequences[i] = ended.sequences[i]!;
      tokens[i] = 0;
      stopped[i] = 0;
    }
    return true;
  }
}

/**
 * Serves made-up requests on a device that computes nothing, a second or less, so that the host's code
 * is compiled before a run counts: an engine that iterates a hundred times a second would take half a
 * minute to get there. `record` opens what each serving writes to; runs that write files give one that
 * writes nowhere. Returns the latest time on its clocks, in ns.
 */
export function rehearse(
  engine: RunOptions['engine'],
  config: SchedulerConfig,
  record: () => Recorder = keepsNothing,
): number {
  const { model, limits } = engine;
  const active = Math.min(MOST_ACTIVE, config.maxSequences);
  const outputTokens = Math.max(1, Math.min(ITERATIONS, config.maxSequenceTokens - PROMPT_TOKENS));
  const promptTokens = Math.max(
    1,
    Math.min(PROMPT_TOKENS, config.maxSequenceTokens - outputTokens),
  );
  const policy = { name: 'temporal-fusion', parameters: {} };
  let latestNanos = 0;
  for (let iterations = 0; iterations < ITERATIONS; ) {
    const requests = Array.from({ length: active }, (_, id) => ({
      id,
      arrivalNanos: 0,
      promptTokens,
      maxOutputTokens: outputTokens,
      group: 'single' as const,
      width: 1,
    }));
    const { sink, request } = record();
    const summary = runEngine({
      engine: { model, limits, native: new EmptyStage() },
      scheduler: createScheduler({ ...config, policy }),
      source: recordRequests(new ListSource(requests), request),
      sink,
      prompts: { seed: 0, replication: 0 },
      signal: new RunSignal(),
    });
    // Limits so narrow that nothing can be served leave nothing to rehearse.
    if (summary.iterations === 0) break;
    iterations += summary.iterations;
    latestNanos = Math.max(latestNanos, summary.endNanos);
  }
  return latestNanos;
}
