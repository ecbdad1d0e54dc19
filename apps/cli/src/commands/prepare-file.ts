import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { FloverError } from '@flover/policy';
import { makeFolder } from '@flover/trace';

/**
 * Makes the folder that a file will go to, and shows that it can be written: before the work, which may
 * take minutes, and not after it.
 *
 * @throws FloverError `no-results-folder`.
 */
export function prepareFile(path: string): string {
  const folder = dirname(path);
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a folder');
  } catch (cause) {
    throw new FloverError(
      'no-results-folder',
      `cannot write ${path}: ${(cause as Error).message}`,
      'Choose another with --out, on a disk that may be written and has room.',
      cause,
    );
  }
  return path;
}
