import { FloverError } from '@flover/policy';
import { readLines } from '@flover/workload';
import type { HeaderRecord } from '../events.ts';
import type { TraceRecord } from '../record.ts';
import { decodeLine } from './decode.ts';

/**
 * The records of a trace file, read as they are asked for.
 *
 * The last one is the footer, or a 'cut-off' record where the run was killed or the file lost its
 * end. Throws FloverError 'file-unreadable', 'trace-version' or 'trace-malformed' with the line.
 */
export function* readTrace(path: string): Generator<TraceRecord, void, undefined> {
  let last: TraceRecord | undefined;
  let lineNumber = 0;
  for (const { line, text, ended } of readLines(path)) {
    lineNumber = line;
    if (line === 1) checkVersion(path, text);
    const record = decodeLine(text);
    if (typeof record === 'string') {
      if (!ended && line === 1) throw beforeHeader(path);
      if (ended) throw malformed(path, line, record);
      yield { kind: 'cut-off', line, reason: 'partial-line' };
      return;
    }
    if ((record.kind === 'header') !== (line === 1)) {
      throw malformed(path, line, 'a header stands on the first line, and nowhere else');
    }
    if (last?.kind === 'footer') throw malformed(path, line, 'there is a record after the footer');
    last = record;
    yield record;
  }
  if (last === undefined) throw beforeHeader(path);
  if (last.kind !== 'footer') yield { kind: 'cut-off', line: lineNumber + 1, reason: 'no-footer' };
}

/** The header alone; throws as `readTrace` does. */
export function readTraceHeader(path: string): HeaderRecord {
  for (const record of readTrace(path)) if (record.kind === 'header') return record;
  throw beforeHeader(path);
}

/** A version that is not ours is named before the schema complains of its fields. */
function checkVersion(path: string, text: string): void {
  const version = /^\{"kind":"header","format":"flover-trace","version":(\d+)/.exec(text)?.[1];
  if (version === undefined || version === '1') return;
  throw new FloverError(
    'trace-version',
    `${path} is a trace of format version ${version}; this program reads version 1`,
    'read it with the program that wrote it, or run again',
  );
}

/** Killed, or out of room, before its first line was whole; or no trace at all. */
function beforeHeader(path: string): FloverError {
  return new FloverError(
    'trace-malformed',
    `${path}:1: the file is empty, or ends within its first line`,
    'if a run began to write it, the run ended at once: run it again; else it is no trace',
  );
}

function malformed(path: string, line: number, problem: string): FloverError {
  return new FloverError(
    'trace-malformed',
    `${path}:${line}: ${problem}`,
    'the file is no trace, or was changed after the run; docs/trace-format.md says what it holds',
  );
}
