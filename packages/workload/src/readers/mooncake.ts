import { isRecord, parseJsonLine } from '../files/json-line.ts';
import { readLines } from '../files/lines.ts';
import type { ReadOptions } from './options.ts';
import { type RequestColumns, RowCollector } from './row-collector.ts';

/**
 * Reads a Mooncake trace: JSON lines with `timestamp` (milliseconds), `input_length`,
 * `output_length`, and `hash_ids` (blocks of the prompt; checked, and not used).
 */
export function readMooncake(path: string, options: ReadOptions = {}): RequestColumns {
  const rows = new RowCollector(path, options);
  let firstMs: number | undefined;
  for (const { text, line } of readLines(path)) {
    if (rows.full) break;
    if (text.trim() === '') continue;
    const row = parseJsonLine(text);
    const problem = problemOf(row);
    if (problem !== undefined) {
      rows.reject(line, problem);
      continue;
    }
    const { timestamp, input_length, output_length } = row as Record<string, number>;
    firstMs ??= timestamp!;
    // Whole milliseconds subtract exactly, also where they count from 1970.
    const timeNanos = Math.round((timestamp! - firstMs) * 1e6);
    rows.add(line, timeNanos, input_length!, output_length!);
  }
  return rows.finish();
}

function problemOf(row: unknown): string | undefined {
  if (row instanceof SyntaxError) return `not JSON: ${row.message}`;
  if (!isRecord(row)) return 'not a JSON object';
  const { timestamp, input_length, output_length, hash_ids } = row;
  if (typeof timestamp !== 'number' || !(timestamp >= 0)) {
    return `timestamp ${JSON.stringify(timestamp)} is not a number of milliseconds`;
  }
  if (!isCount(input_length)) return countProblem('input_length', input_length);
  if (!isCount(output_length)) return countProblem('output_length', output_length);
  if (hash_ids !== undefined && !Array.isArray(hash_ids)) return 'hash_ids is not a list';
  return undefined;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31;
}

function countProblem(field: string, value: unknown): string {
  return `${field} ${JSON.stringify(value)} is not a whole number of at least 1`;
}
