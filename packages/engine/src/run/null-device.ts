import { RowFlag } from '@flover/policy';
import type { NativeCompletion, NativeResult } from '../addon-types.ts';
import type { RunNative } from './run.ts';

/**
 * From one look at the clock to the next. After 2.1 s a time no longer fits the engine's small
 * integers, and code that has seen no other would be compiled anew in the middle of a run.
 */
const LOOK_NANOS = 3_000_000;
const NOTHING: NativeResult = {
  tokens: new Int32Array(0),
  logProbs: new Float32Array(0),
  score: 0,
};

interface Queued {
  readonly work: number;
  readonly lane: number;
  readonly sequences: readonly number[];
  readonly startNanos: number;
  /** Numbers that tell of moves and swaps; stand for bytes and nanoseconds too. */
  readonly edits: number;
}

/** A device that computes nothing, with a clock of its own: takes works and ends the oldest when asked. */
export class NullDevice implements RunNative {
  readonly #queue: Queued[] = [];
  readonly #ended: () => void;
  #nanos = 0;
  /** Whether a work was launched. */
  used = false;

  /** Calls `ended` when a work has; what it throws ends the run. */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

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

  launch(
    ...[work, lane, rows, sequences, , , flags, , , edits]: Parameters<RunNative['launch']>
  ): void {
    this.used = true;
    const sampled: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (flags[row]! & RowFlag.Samples) sampled.push(sequences[row]!);
    }
    this.#queue.push({ work, lane, sequences: sampled, startNanos: this.nowNanos(), edits });
  }

  wait(deadlineNanos: number, completion: NativeCompletion): boolean {
    const ended = this.#queue.shift();
    if (ended === undefined) {
      this.#nanos = Math.max(this.#nanos, deadlineNanos);
      return false;
    }
    this.#ended();
    const { header, sequences, tokens, stopped } = completion;
    const { work, lane, startNanos, edits } = ended;
    const now = this.nowNanos();
    header.set([work, lane, startNanos, now, edits, edits, ended.sequences.length, now]);
    for (let i = 0; i < ended.sequences.length; i++) {
      sequences[i] = ended.sequences[i]!;
      tokens[i] = 0;
      stopped[i] = 0;
    }
    return true;
  }
}
