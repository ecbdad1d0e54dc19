import { FloverError } from '@flover/policy';
import { ordered, positive, whole } from '../checks.ts';
import type { MalformedRow, ReadOptions } from './options.ts';

/** The requests of a file as columns, in order of arrival. */
export interface RequestColumns {
  /** Integer nanoseconds since the first arrival, or since the window's start. */
  readonly arrivalNanos: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** 1-based line in the file. */
  readonly lines: Int32Array;
  /** Rows that were left out, where that was asked for. */
  readonly malformed: readonly MalformedRow[];
}

/** The error for a malformed row. */
export function malformedRow(path: string, row: MalformedRow): FloverError {
  return new FloverError(
    'workload-malformed',
    `${path}:${row.line}: ${row.problem}`,
    "mend the row, or set malformed: 'skip' to leave such rows out and list them",
  );
}

/** Takes the rows of a file one by one, keeps those asked for, and orders them by arrival. */
export class RowCollector {
  readonly #path: string;
  readonly #options: ReadOptions;
  readonly #limit: number;
  readonly #fromNanos: number;
  readonly #toNanos: number;
  readonly #origin: 'first-arrival' | 'zero';
  readonly #times: number[] = [];
  readonly #prompts: number[] = [];
  readonly #outputs: number[] = [];
  readonly #lines: number[] = [];
  readonly #malformed: MalformedRow[] = [];

  /** Time 0 of the run is the first arrival, or the file's own zero; or the window's start. */
  constructor(
    path: string,
    options: ReadOptions,
    origin: 'first-arrival' | 'zero' = 'first-arrival',
  ) {
    this.#path = path;
    this.#origin = origin;
    this.#options = options;
    this.#limit = options.limit === undefined ? Infinity : whole(options.limit, 'limit', 1);
    const { fromSeconds = 0, toSeconds = Infinity } = options.window ?? {};
    ordered(fromSeconds, toSeconds, 'window.fromSeconds, toSeconds');
    this.#fromNanos = fromSeconds * 1e9;
    this.#toNanos = toSeconds * 1e9;
    if (options.scaleRateBy !== undefined) positive(options.scaleRateBy, 'scaleRateBy');
  }

  /** True when no more rows are wanted. */
  get full(): boolean {
    return this.#times.length >= this.#limit;
  }

  /** A row; `timeNanos` counts from the file's first row, or its zero. */
  add(line: number, timeNanos: number, promptTokens: number, outputTokens: number): void {
    if (this.full) return;
    if (!Number.isSafeInteger(timeNanos)) {
      const days = Math.round(timeNanos / 86_400e9);
      this.reject(line, `arrives ${days} days from the first row; at most 104 can be told exactly`);
      return;
    }
    if (this.#options.window && (timeNanos < this.#fromNanos || timeNanos >= this.#toNanos)) return;
    this.#times.push(timeNanos);
    this.#prompts.push(promptTokens);
    this.#outputs.push(outputTokens);
    this.#lines.push(line);
  }

  /** A row that is no request: throws, or keeps it for the list. */
  reject(line: number, problem: string): void {
    const row = { line, problem };
    if (this.#options.malformed !== 'skip') throw malformedRow(this.#path, row);
    this.#malformed.push(row);
  }

  /** All rows taken; throws FloverError 'workload-empty' if there are none. */
  finish(): RequestColumns {
    if (this.#times.length === 0) {
      throw new FloverError(
        'workload-empty',
        `${this.#path} has no request ${this.#options.window ? 'in the window asked for' : 'in it'}` +
          ` (${this.#malformed.length} malformed rows)`,
        'check the file and the window',
      );
    }
    const order = this.#orderOfArrival();
    const firstNanos = this.#origin === 'zero' ? 0 : this.#times[order[0]!]!;
    const originNanos = this.#options.window ? this.#fromNanos : firstNanos;
    const scale = this.#options.scaleRateBy ?? 1;
    const pick = (from: readonly number[]) => Int32Array.from(order, (i) => from[i]!);
    return {
      arrivalNanos: Float64Array.from(order, (i) =>
        Math.round((this.#times[i]! - originNanos) / scale),
      ),
      promptTokens: pick(this.#prompts),
      outputTokens: pick(this.#outputs),
      lines: pick(this.#lines),
      malformed: this.#malformed,
    };
  }

  #orderOfArrival(): Int32Array {
    const order = Int32Array.from(this.#times, (_, i) => i);
    const ascending = this.#times.every((time, i) => i === 0 || time >= this.#times[i - 1]!);
    return ascending ? order : order.sort((a, b) => this.#times[a]! - this.#times[b]! || a - b);
  }
}
