import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestSource, WorkloadRequest } from '../request.ts';

/** All requests of an open-loop source. */
export function takeAll(source: RequestSource): WorkloadRequest[] {
  const requests: WorkloadRequest[] = [];
  while (source.peekNanos() !== undefined) requests.push(source.take());
  return requests;
}

/** The differences between neighbours. */
export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - times[i]!);
}

/** A file with this text in a fresh temporary folder. */
export function temporaryFile(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'flover-')), name);
  writeFileSync(path, text);
  return path;
}
