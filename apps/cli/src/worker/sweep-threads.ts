import type { CellOutcome, SweepCell, SweepProgress, SweepRunner } from '@flover/experiment';
import type { Screen } from '../view/screen.ts';
import { ThreadPool } from './pool.ts';

const PROGRESS_INTERVAL_MS = 100;

/** Performs the cells of a sweep on threads, and shows how far it has come. */
export class SweepThreads implements SweepRunner {
  readonly width: number;
  readonly commandLine: readonly string[];
  readonly #screen: Screen;
  readonly #pool: ThreadPool;
  #startMs: number | undefined;
  #shownMs = 0;
  #cancelled = false;

  constructor(width: number, screen: Screen, commandLine: readonly string[]) {
    this.width = width;
    this.commandLine = commandLine;
    this.#screen = screen;
    this.#pool = new ThreadPool(screen);
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  async perform(cell: SweepCell, traces: string | undefined): Promise<CellOutcome | undefined> {
    const { commandLine } = this;
    const kept = traces === undefined ? {} : { traces };
    try {
      return await this.#pool.perform({ kind: 'sweep-cell', cell, commandLine, ...kept });
    } catch (thrown) {
      if (this.#cancelled) return undefined;
      const { name, message } = thrown as Error;
      const { code, hint } = thrown as { code?: string; hint?: string };
      return { error: { code: code ?? name, message, ...(hint ? { hint } : {}) } };
    }
  }

  say(text: string): void {
    this.#screen.line(text);
  }

  progress(progress: SweepProgress): void {
    const nowMs = performance.now();
    this.#startMs ??= nowMs;
    if (nowMs - this.#shownMs < PROGRESS_INTERVAL_MS && progress.ended < progress.total) return;
    this.#shownMs = nowMs;
    const seconds = (nowMs - this.#startMs) / 1000;
    this.#screen.progress({ parts: 'cells', ...progress, seconds });
  }

  cancel(): void {
    this.#cancelled = true;
    this.#pool.cancel();
  }

  close(): void {
    this.#pool.close();
  }
}
