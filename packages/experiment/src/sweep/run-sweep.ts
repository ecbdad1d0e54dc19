import { join } from 'node:path';
import type { Sweep } from '@flover/metrics';
import { writeJson } from '@flover/trace';
import { isTraceKept } from './cell-simulator.ts';
import { describeSweep } from './document.ts';
import { lockFolder } from './folder-lock.ts';
import { planSweep, type SweepCell } from './plan.ts';
import { type CellOutcome, ResultsFile } from './results-file.ts';
import { recordStart } from './starts.ts';
import type { LoadedSweep } from './sweep-file.ts';

/** What performs the cells of a sweep, and who watches. */
export interface SweepRunner {
  /** Cells performed at the same time, at least 1. */
  readonly width: number;
  /** How a cell ended; undefined when it was cancelled. Never throws for what a cell did. */
  perform(cell: SweepCell, traces: string | undefined): Promise<CellOutcome | undefined>;
  /** No further cell is to begin. */
  readonly cancelled: boolean;
  readonly commandLine: readonly string[];
  /** A line for people. */
  say(text: string): void;
  /** After each cell, and once before the first. */
  progress(progress: SweepProgress): void;
}

export interface SweepProgress {
  readonly total: number;
  /** Ended, those of earlier starts included. */
  readonly ended: number;
  readonly failed: number;
  /** Ended since this start. */
  readonly endedNow: number;
}

export interface SweepOptions {
  readonly out: string;
  /** Keep a run folder a cell, below `traces`. */
  readonly keepTraces: boolean;
}

/**
 * Simulates every cell of a sweep that `out` does not hold yet.
 *
 * Leaves `results.jsonl`, a line a cell; `sweep.json`, the estimates over seeds; `starts.json`. Cells
 * that failed are tried again at the next start.
 */
export async function runSweep(
  sweep: LoadedSweep,
  runner: SweepRunner,
  { out, keepTraces }: SweepOptions,
): Promise<Sweep> {
  const unlock = lockFolder(out);
  try {
    const cells = await planSweep(sweep, out);
    const results = new ResultsFile(out);
    const traces = keepTraces ? join(out, 'traces') : undefined;
    const unlike = distinct(cells);
    const todo = unlike.filter((cell) => !isDone(cell, results, traces));
    const starts = recordStart(out, runner, { cells: unlike.length, todo: todo.length });
    await performAll(todo, results, runner, traces, unlike.length);
    results.finish(cells);
    const document = describeSweep(sweep, cells, results, starts);
    writeJson(join(out, 'sweep.json'), document);
    return document;
  } finally {
    unlock();
  }
}

/** The first cell of each key. */
function distinct(cells: readonly SweepCell[]): SweepCell[] {
  return [...new Map(cells.toReversed().map((cell) => [cell.key, cell])).values()].toReversed();
}

function isDone(cell: SweepCell, results: ResultsFile, traces: string | undefined): boolean {
  const outcome = results.outcome(cell.key);
  if (outcome === undefined || 'error' in outcome) return false;
  return traces === undefined || isTraceKept(traces, cell);
}

async function performAll(
  todo: readonly SweepCell[],
  results: ResultsFile,
  runner: SweepRunner,
  traces: string | undefined,
  total: number,
): Promise<void> {
  const queue = todo.values();
  let stopped = false;
  let endedNow = 0;
  let failed = 0;
  const report = () =>
    runner.progress({ total, ended: total - todo.length + endedNow, failed, endedNow });
  const lane = async () => {
    for (const cell of queue) {
      const outcome = await runner.perform(cell, traces);
      if (outcome === undefined || stopped) return;
      results.add(cell, outcome);
      endedNow++;
      if ('error' in outcome) failed++;
      report();
      if (runner.cancelled) return;
    }
  };
  report();
  if (runner.cancelled) return;
  try {
    await Promise.all(Array.from({ length: runner.width }, lane));
  } finally {
    stopped = true;
  }
}
