import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloverError } from '@flover/policy';

/**
 * Takes a folder for this process alone; returns what gives it back. A process that died without
 * giving it back does not count.
 *
 * @throws FloverError `no-results-folder`, or `bad-results-folder` while another sweep writes there.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'sweep.lock');
  try {
    mkdirSync(folder, { recursive: true });
    if (!take(path)) {
      const holder = holderOf(path);
      if (holder !== undefined) throw heldBy(folder, path, holder);
      rmSync(path, { force: true });
      if (!take(path)) throw heldBy(folder, path, holderOf(path));
    }
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

/** The living process that holds the lock, undefined where it died. */
function holderOf(path: string): number | undefined {
  const holder = Number(readFileSync(path, 'utf8'));
  // Killed while it took the lock it left no number; restarted containers give numbers again.
  if (!Number.isInteger(holder) || holder <= 0 || holder === process.pid) return undefined;
  try {
    process.kill(holder, 0);
    return holder;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? holder : undefined;
  }
}

function heldBy(folder: string, path: string, holder: number | undefined): FloverError {
  return new FloverError(
    'bad-results-folder',
    `process ${holder ?? 'unknown'} is writing a sweep into ${folder}`,
    `Wait for it or choose another folder with --out; where no sweep runs, remove ${path}.`,
  );
}
