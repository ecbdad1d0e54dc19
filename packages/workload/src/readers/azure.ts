import { readCsv } from './csv.ts';
import { type Moment, nanosBetween, parseCount, parseDateTime } from './numbers.ts';
import type { ReadOptions } from './options.ts';
import { type RequestColumns, RowCollector } from './row-collector.ts';

const columns = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'];

/**
 * Reads an Azure LLM inference trace (2023 or 2024), CSV with UTC times to 100 ns.
 *
 * Times are read digit by digit and subtracted as whole numbers, so no gap is rounded.
 */
export function readAzure(path: string, options: ReadOptions = {}): RequestColumns {
  const rows = new RowCollector(path, options);
  let first: Moment | undefined;
  readCsv(path, columns, {
    row(line, [timestamp, context, generated]) {
      const time = parseDateTime(timestamp!);
      const promptTokens = parseCount(context!);
      const outputTokens = parseCount(generated!);
      if (time === undefined) {
        rows.reject(line, `TIMESTAMP "${timestamp}" is not YYYY-MM-DD HH:MM:SS.fffffff`);
      } else if (!promptTokens) {
        rows.reject(line, `ContextTokens "${context}" is not a whole number of at least 1`);
      } else if (!outputTokens) {
        rows.reject(line, `GeneratedTokens "${generated}" is not a whole number of at least 1`);
      } else {
        first ??= time;
        rows.add(line, nanosBetween(first, time), promptTokens, outputTokens);
      }
      return !rows.full;
    },
    reject: (line, problem) => rows.reject(line, problem),
  });
  return rows.finish();
}
