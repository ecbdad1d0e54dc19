import { readCsv } from './csv.ts';
import { type Moment, nanosBetween, parseCount, parseSeconds } from './numbers.ts';
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
  let first: Moment | undefined;
  readCsv(path, columns, {
    row(line, [timestamp, request, response]) {
      const time = parseSeconds(timestamp!);
      const promptTokens = parseCount(request!);
      const outputTokens = parseCount(response!);
      if (time === undefined) {
        rows.reject(line, `Timestamp "${timestamp}" is not a number of seconds`);
      } else if (!promptTokens) {
        rows.reject(line, `Request tokens "${request}" is not a whole number of at least 1`);
      } else if (!outputTokens) {
        const why = outputTokens === 0 ? ' (the request failed)' : '';
        rows.reject(line, `Response tokens "${response}" is not at least 1${why}`);
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
