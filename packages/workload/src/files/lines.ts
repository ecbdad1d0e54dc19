import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { FloverError } from '@flover/policy';

/** One line of a text file, without its line end. */
export interface TextLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  /** False only for a last line without a line end. */
  readonly ended: boolean;
}

const chunkBytes = 1 << 16;
const byteOrderMark = /^\uFEFF/;

/** A path that starts at `folder` where it is relative. */
export function resolvePath(path: string, folder = '.'): string {
  return resolve(folder, path);
}

/** The error for a file that cannot be read. */
export function unreadable(path: string, cause: unknown): FloverError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = 'check that the file exists and may be read';
  return new FloverError('file-unreadable', `cannot read ${path}: ${why}`, hint, cause);
}

/**
 * The lines of a text file, read as they are asked for; `\n` and `\r\n` both end one, and a byte order
 * mark before the first is passed over. Throws FloverError 'file-unreadable'.
 */
export function* readLines(path: string): Generator<TextLine, void, undefined> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    yield* splitLines(chunks(file, path));
  } finally {
    closeSync(file);
  }
}

function* chunks(file: number, path: string): Generator<string, void, undefined> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const decoder = new StringDecoder('utf8');
  for (let begun = false; ; ) {
    let bytes: number;
    try {
      bytes = readSync(file, buffer, 0, chunkBytes, null);
    } catch (cause) {
      throw unreadable(path, cause);
    }
    if (bytes === 0) break;
    const text = decoder.write(buffer.subarray(0, bytes));
    if (text === '') continue;
    yield begun ? text : text.replace(byteOrderMark, '');
    begun = true;
  }
  yield decoder.end();
}

function* splitLines(pieces: Iterable<string>): Generator<TextLine, void, undefined> {
  let rest = '';
  let line = 0;
  for (const piece of pieces) {
    // Only the new piece is searched, or a line of many pieces would be searched from its beginning each time.
    const parts = piece.split('\n');
    parts[0] = rest + parts[0]!;
    rest = parts.pop()!;
    for (const part of parts) {
      yield { line: ++line, text: part.endsWith('\r') ? part.slice(0, -1) : part, ended: true };
    }
  }
  if (rest !== '') yield { line: ++line, text: rest, ended: false };
}
