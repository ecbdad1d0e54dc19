// The rules of the house that no linter knows: sizes of files, and what `policy` may import.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LONGEST_FILE_LINES = 400;
/** The module of an import, or of an export from another module. */
const IMPORT = /^(?:import|export)\s(?:[^'"=;(]*?\sfrom\s+)?'([^']+)'/gm;
const SOURCE = /\.(ts|mjs|cpp|cu|cuh|h|py)$/;
/** Recorded cases, and the policies that run folders keep as one bundle. */
const WRITTEN_BY_PROGRAMS = /\/(fixtures|results)\//;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  .toString()
  .split('\n')
  .filter((file) => SOURCE.test(file) && !WRITTEN_BY_PROGRAMS.test(file));

const problems = [];
for (const file of files) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    continue; // deleted, not yet committed
  }
  const lines = text.split('\n').length;
  if (lines > LONGEST_FILE_LINES) {
    problems.push(`${file}: ${lines} lines, at most ${LONGEST_FILE_LINES}`);
  }
  if (isPolicyRuntime(file)) {
    for (const [, from] of text.matchAll(IMPORT)) {
      if (!from.startsWith('.'))
        problems.push(`${file}: imports '${from}'; policy imports nothing`);
    }
  }
}

function isPolicyRuntime(file) {
  return (
    file.startsWith('packages/policy/src/') &&
    !file.includes('/testing/') &&
    !file.endsWith('.test.ts')
  );
}

for (const problem of problems) console.error(problem);
console.error(`${files.length} files read, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
