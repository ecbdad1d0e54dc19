// Runs everything that can be tested on this machine and closes with `N passed, N failed, N skipped`.
// `npm test -- <vitest arguments>` narrows the TypeScript tests and leaves the native ones out.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const build = join(root, 'build', 'sanitized');
const report = join(root, 'build', 'vitest.json');
const narrowed = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/** The native checks, under AddressSanitizer and UndefinedBehaviorSanitizer. */
function nativeChecks() {
  const configure = ['-S', root, '-B', build, '-DFLOVER_SANITIZE=ON', '-DFLOVER_CUDA=OFF'];
  execFileSync('cmake', configure, { stdio: ['ignore', 'ignore', 'inherit'] });
  const jobs = String(cpus().length);
  execFileSync('cmake', ['--build', build, '-j', jobs], { stdio: ['ignore', 'ignore', 'inherit'] });
  const junit = join(build, 'ctest.xml');
  rmSync(junit, { force: true });
  run('ctest', ['--test-dir', build, '--output-on-failure', '--output-junit', junit]);
  const xml = readFileSync(junit, 'utf8');
  const count = (name) => Number(xml.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
  const tests = count('tests');
  const failed = count('failures');
  const skipped = count('skipped') + count('disabled');
  if (tests === 0) throw new Error('ctest ran no test');
  total.passed += tests - failed - skipped;
  total.failed += failed;
  total.skipped += skipped;
}

function typescriptTests() {
  mkdirSync(join(root, 'build'), { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(root, 'node_modules', '.bin', 'vitest');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = run(vitest, ['run', ...reporters, ...narrowed]);
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += counts.numPassedTests;
  total.failed += counts.numFailedTests;
  total.skipped += counts.numPendingTests + counts.numTodoTests;
  // A suite that could not be loaded has no failed test of its own.
  if (status !== 0 && counts.numFailedTests === 0)
    total.failed += Math.max(1, counts.numFailedTestSuites);
}

if (run(process.execPath, [join(root, 'scripts', 'setup.mjs')]) !== 0) process.exit(3);
if (narrowed.length === 0) nativeChecks();
typescriptTests();
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
