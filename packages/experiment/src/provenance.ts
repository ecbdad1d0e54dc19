import { execFileSync } from 'node:child_process';

/** The source that ran. */
export interface Commit {
  /** 40 hexadecimal digits, or 'unknown' outside a repository. */
  readonly id: string;
  /** With changes that are not committed. */
  readonly dirty: boolean;
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
