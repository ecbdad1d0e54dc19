import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those around it, where they are missing.
 *
 * Throws Node's own error of the first that cannot be made. Node's `recursive: true` does not end
 * below `/proc` and tells a read-only disk as a missing folder (20.20).
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let at = resolve(folder);
  for (; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  if (missing.length === 0) missing.push(at);
  for (const path of missing) makeOne(path);
}

/** It may be there already: before, or because another process was quicker. */
function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Error(`${dirname(path)} takes no folders`, { cause: error });
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
