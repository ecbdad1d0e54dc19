import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LawCase } from './case.ts';

const script = fileURLToPath(new URL('./other-process-main.ts', import.meta.url));

/**
 * Runs worlds in a fresh process and gives what its schedulers said, one transcript a world.
 *
 * `policy` is a built-in policy's name or the absolute path of a file whose default export is a
 * policy definition. `nodeArguments` must let Node read TypeScript; default `--import tsx`.
 */
export function transcriptsElsewhere(
  policy: string,
  worlds: readonly LawCase[],
  nodeArguments: readonly string[] = ['--import', 'tsx'],
): string[] {
  const answer = execFileSync(process.execPath, [...nodeArguments, script], {
    input: JSON.stringify({ policy, worlds }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.parse(answer) as string[];
}
