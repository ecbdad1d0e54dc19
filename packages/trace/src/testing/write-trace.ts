import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TraceWriterOptions, traceWriter } from '../jsonl/writer.ts';
import { playTrace } from '../play.ts';
import type { TraceRecord } from '../record.ts';

/** A path in a fresh temporary folder. */
export function temporaryPath(name: string): string {
  return join(mkdtempSync(join(tmpdir(), 'flover-')), name);
}

/** Writes records, the first of which is the header, to a file. */
export function writeTrace(
  path: string,
  records: readonly TraceRecord[],
  options?: TraceWriterOptions,
): void {
  const [header, ...rest] = records;
  if (header?.kind !== 'header') throw new Error('the first record is the header');
  playTrace(rest, traceWriter(path, header, options));
}
