/** Files of requests that can be read. */
export type TraceFormat = 'azure' | 'burstgpt' | 'mooncake' | 'requests';

/** Which rows of a file are taken, and what happens to bad ones. */
export interface ReadOptions {
  /** Take the first so many rows of the file, of those in the window. */
  readonly limit?: number;
  /**
   * Take arrivals in [fromSeconds, toSeconds) after the file's first row; time 0 is then
   * `fromSeconds`. A request file counts from its own time 0.
   */
  readonly window?: { readonly fromSeconds: number; readonly toSeconds: number };
  /** Divides every arrival time: 2 doubles the rate. Arrivals stay as they are where it is missing. */
  readonly scaleRateBy?: number;
  /** Malformed rows fail the read, or are left out and listed. Default 'fail'. */
  readonly malformed?: 'fail' | 'skip';
}

/** A row that is no request: 1-based line, and what is wrong with it. */
export interface MalformedRow {
  readonly line: number;
  readonly problem: string;
}
