import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { MetricValues, SweepError, TenantSummary } from '@flover/metrics';
import { FloverError } from '@flover/policy';
import { isRecord, parseJsonLine } from '@flover/workload';
import type { SweepCell } from './plan.ts';

/** What came of a cell that was simulated to its end. */
export interface CellResult {
  readonly metrics: MetricValues;
  /** Where requests say their tenants. */
  readonly tenants?: readonly TenantSummary[];
  /** The policy saw true output lengths. */
  readonly oracle?: true;
}

/** How a cell ended. */
export type CellOutcome = CellResult | { readonly error: SweepError };

/** A line of the file. */
type ResultLine = Pick<SweepCell, 'key' | 'axes' | 'label' | 'seed'> & CellOutcome;

/**
 * The results of a sweep, `results.jsonl`: a line a cell, in the order in which cells end, so that
 * whatever ends the process loses at most the cells that were under way. A finished sweep is written
 * anew in the order of its cells. Lines that the present sweep does not ask for, made before its
 * file was changed, go to `earlier.jsonl` and count again where it asks for them again.
 */
export class ResultsFile {
  readonly #path: string;
  readonly #earlierPath: string;
  readonly #lines = new Map<string, ResultLine>();

  /** Reads what an earlier start left; what it left torn goes. */
  constructor(folder: string) {
    this.#path = join(folder, 'results.jsonl');
    this.#earlierPath = join(folder, 'earlier.jsonl');
    for (const path of [this.#earlierPath, this.#path]) {
      if (!existsSync(path)) continue;
      const { lines, whole } = read(path);
      for (const line of lines) this.#lines.set(line.key, line);
      if (!whole) write(path, lines);
    }
  }

  /** How the cell of a key ended, if it did. */
  outcome(key: string): CellOutcome | undefined {
    return this.#lines.get(key);
  }

  /** Appends how a cell ended. */
  add(cell: SweepCell, outcome: CellOutcome): void {
    const line = lineOf(cell, outcome);
    guard(this.#path, () => appendFileSync(this.#path, `${JSON.stringify(line)}\n`));
    this.#lines.set(cell.key, line);
  }

  /** Writes a line for each of these cells, in their order, and the others elsewhere. */
  finish(cells: readonly SweepCell[]): void {
    const asked = new Set(cells.map(({ key }) => key));
    const others = [...this.#lines.values()].filter(({ key }) => !asked.has(key));
    // Whatever ends the process between two of these, each line stands in one of the files.
    if (existsSync(this.#earlierPath) || others.length > 0) {
      write(this.#earlierPath, [...this.#lines.values()]);
    }
    const lines = cells.flatMap((cell) => {
      const known = this.#lines.get(cell.key);
      return known === undefined ? [] : [lineOf(cell, known)];
    });
    write(this.#path, lines);
    if (others.length > 0) write(this.#earlierPath, others);
    else rmSync(this.#earlierPath, { force: true });
  }
}

function lineOf({ key, axes, label, seed }: SweepCell, outcome: CellOutcome): ResultLine {
  const about = { key, axes, label, seed };
  if ('error' in outcome) return { ...about, error: outcome.error };
  const { metrics, oracle, tenants } = outcome;
  return { ...about, ...(oracle && { oracle }), metrics, ...(tenants && { tenants }) };
}

/** The lines that can be read; `whole` where nothing else is in the file. */
function read(path: string): { lines: ResultLine[]; whole: boolean } {
  const texts = readFileSync(path, 'utf8').split('\n');
  const ended = texts.at(-1) === '';
  if (ended) texts.pop();
  const lines = texts.map(parseJsonLine).filter(isResultLine);
  return { lines, whole: ended && lines.length === texts.length };
}

function isResultLine(value: unknown): value is ResultLine {
  if (!isRecord(value) || typeof value.key !== 'string') return false;
  return isRecord(value.metrics) || isRecord(value.error);
}

/** Writes a file whole or not at all. */
function write(path: string, lines: readonly ResultLine[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  guard(path, () => {
    writeFileSync(`${path}.partial`, text);
    renameSync(`${path}.partial`, path);
  });
}

function guard(path: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new FloverError(
      'write-failed',
      `cannot write ${path}: ${(cause as Error).message}`,
      'Make room; the same command goes on where this one ended.',
      cause,
    );
  }
}
