import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The source that ran. */
export interface Commit {
  /** 40 hexadecimal digits, or 'unknown' outside a repository. */
  readonly id: string;
  /** With changes that are not committed. */
  readonly dirty: boolean;
}

const HERE = dirname(fileURLToPath(import.meta.url));
let known: Commit | undefined;

/**
 * The commit of this program: what FLOVER_COMMIT says, for a program that was carried away from its
 * repository, else what git says of the repository around it when the process first asks.
 */
export function sourceCommit(): Commit {
  const named = process.env.FLOVER_COMMIT;
  if (named) return { id: named, dirty: false };
  known ??= commitOf(HERE);
  return known;
}

/** The commit of the repository that holds `folder`. */
export function commitOf(folder: string): Commit {
  // Without optional locks: a run that is killed must not leave a lock in a user's repository.
  const git = (...words: string[]) =>
    execFileSync('git', ['--no-optional-locks', '-C', folder, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  try {
    return { id: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
  } catch {
    return { id: 'unknown', dirty: false };
  }
}
