import { readCsv } from './csv.ts';
import { parseCount, parseSeconds } from './numbers.ts';
import type { ReadOptions } from './options.ts';
import { type RequestColumns, RowCollector } from './row-collector.ts';

const columns = ['Timestamp', 'Request tokens', 'Response tokens'];

/**
 * Reads a BurstGPT trace, CSV with seconds since its beginning.
 *
 * Rows with no response token are requests that failed there; they count as malformed.
 */
export function readBurstGpt(path: string, options: ReadOptions = {}): RequestColumns {
  const rows = new RowCollector(path, options);
  let firstNanos: number | undefined;
  readCsv(path, columns, {
    row(line, [timestamp, request, response]) {
      const timeNanos = parseSeconds(timestamp!);
      const promptTokens = parseCount(request!);
      const outputTokens = parseCount(response!);
      if (timeNanos === undefined) {
        rows.reject(line, `Timestamp "${timestamp}" is not a number of seconds`);
      } else if (!promptTokens) {
        rows.reject(line, `Request tokens "${request}" is not a whole number of at least 1`);
      } else if (!outputTokens) {
        const why = outputTokens === 0 ? ' (the request failed)' : '';
        rows.reject(line, `Response tokens "${response}" is not at least 1${why}`);
      } else {
        firstNanos ??= timeNanos;
        rows.add(line, timeNanos - firstNanos, promptTokens, outputTokens);
      }
      return !rows.full;
    },
    reject: (line, problem) => rows.reject(line, problem),
  });
  return rows.finish();
}
