import type { Action, Nanos } from '@flover/policy';
import type { RequestBook } from './book.ts';
import { Launcher } from './launcher.ts';
import type { Measures } from './measures.ts';
import type { RunNative, RunOptions } from './run.ts';
import { sequencesOf } from './sequences.ts';

/** Carries out what the scheduler decides: on the engine, in the book of requests, at the source. */
export class Executor {
  readonly #options: RunOptions;
  readonly #native: RunNative;
  readonly #book: RequestBook;
  readonly #measures: Measures;
  readonly #launcher: Launcher;
  /** Works launched whose end has not been taken. */
  inFlight = 0;
  /** When the scheduler wants to be woken. */
  wakeNanos: Nanos | undefined;

  constructor(options: RunOptions, book: RequestBook, measures: Measures) {
    this.#options = options;
    this.#native = options.engine.native;
    this.#book = book;
    this.#measures = measures;
    this.#launcher = new Launcher(this.#native);
  }

  /** Carries out an action of the event at `timeNanos`; a launch took `planNanos` to plan. */
  carryOut(action: Action, timeNanos: Nanos, planNanos: Nanos): void {
    if (action.kind === 'launch') this.#launch(action, planNanos);
    else if (action.kind === 'admit') this.#admit(action.request, action.firstSequence);
    else if (action.kind === 'release') this.#release(action.sequence);
    else if (action.kind === 'wake') this.wakeNanos = action.timeNanos;
    else if (action.kind === 'finish' || action.kind === 'refuse') {
      this.#book.end(action.request);
      this.#options.source.finished(action.request, timeNanos);
    }
    // A preemption is carried out by the swaps and prefill rows of the works that follow.
  }

  #launch({ work }: Extract<Action, { kind: 'launch' }>, planNanos: Nanos): void {
    const before = this.#native.nowNanos();
    this.#launcher.launch(work);
    this.inFlight += 1;
    this.#measures.launched(work.id, planNanos, this.#native.nowNanos() - before);
  }

  #admit(id: number, firstSequence: number): void {
    const request = this.#book.admit(id, firstSequence);
    const { model } = this.#options.engine;
    for (const sequence of sequencesOf(request, firstSequence, model, this.#options.prompts)) {
      this.#native.add(sequence);
    }
  }

  #release(sequence: number): void {
    const result = this.#native.result(sequence);
    this.#native.release(sequence);
    this.#book.release(sequence, result);
  }
}
