import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';
import { makeFolder } from '@flover/trace';

/**
 * Takes a folder for this process alone; returns what gives it back. A process that died without
 * giving it back does not count.
 *
 * @throws FloverError `no-results-folder`, or `bad-results-folder` while another sweep writes there.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'sweep.lock');
  try {
    makeFolder(folder);
    if (!take(path) && !takeOver(path)) throw heldBy(folder, path);
  } catch (cause) {
    if (cause instanceof FloverError) throw cause;
    throw new FloverError(
      'no-results-folder',
      `cannot write in the folder ${folder}: ${(cause as Error).message}`,
      'Choose another with --out, on a disk that may be written and has room.',
      cause,
    );
  }
  return () => rmSync(path, { force: true });
}

/** True when the file was not there and is ours now. */
function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes what a dead process holds; of several that try, one at a time looks who holds it. */
function takeOver(path: string): boolean {
  const mark = `${path}.takeover`;
  if (stateOf(path) === 'held' || !take(mark)) return false;
  try {
    const state = stateOf(path);
    // Nobody but who has the mark removes it.
    if (state === 'deserted') rmSync(path, { force: true });
    return state !== 'held' && take(path);
  } finally {
    rmSync(mark, { force: true });
  }
}

/** A process that takes the lock has written its number after so long. */
const WRITTEN_MS = 2000;

/** Held by another process that lives, or deserted by one that died. */
function stateOf(path: string): 'free' | 'held' | 'deserted' {
  const text = textOf(path);
  if (text === undefined) return 'free';
  const holder = processIn(text);
  // Killed while it took the lock it left no number; restarted containers give numbers again.
  if (holder === undefined) return isYoung(path) ? 'held' : 'deserted';
  if (holder === process.pid) return 'deserted';
  try {
    process.kill(holder, 0);
    return 'held';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'held' : 'deserted';
  }
}

function processIn(text: string): number | undefined {
  const holder = Number(text);
  return Number.isInteger(holder) && holder > 0 ? holder : undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isYoung(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  return file === undefined || Date.now() - file.mtimeMs < WRITTEN_MS;
}

function heldBy(folder: string, path: string): FloverError {
  return new FloverError(
    'bad-results-folder',
    `process ${processIn(textOf(path) ?? '') ?? 'unknown'} is writing a sweep into ${folder}`,
    'Wait for it or choose another folder with --out; where no sweep runs, remove ' +
      `${path} and ${path}.takeover.`,
  );
}
