// compute-sanitizer over the CUDA checks and over a small validation run.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addonFile, bundleFile, cudaPrograms } from './build.mjs';
import { run } from './run.mjs';

export const sanitizerTools = ['memcheck', 'racecheck'];
/** Of the checks, those that go through every kernel in a short time: a sanitizer is 10-100 times slower. */
const CHECKS = 'backend:';
/** Every check and shape, a few worlds each. */
const VALIDATION = ['--cases', '2', '--requests', '40'];
export function sanitizerPart({ machine, results, options }) {
  const subjects = [...checkPrograms(), ...validation(options)];
  if (subjects.length === 0) {
    return { outcome: 'failed', detail: "the programs are not there; run the part 'build' first" };
  }
  mkdirSync(results.path('sanitizer'), { recursive: true });
  const now = options.tools.flatMap((tool) =>
    subjects.map((each) =>
      sanitize({ machine, results, seconds: options.sanitizerSeconds }, tool, each),
    ),
  );
  const runs = withEarlier(now, results.earlier('sanitizer')?.runs);
  const wrong = runs.filter(({ clean }) => !clean);
  return {
    outcome: wrong.length === 0 ? 'passed' : 'failed',
    detail: runs.map(({ tool, name, summary }) => `${tool}, ${name}: ${summary}`).join('\n'),
    runs,
  };
}

/** The tools may run in calls of their own: what another said of this source stays. */
export function withEarlier(runs, earlier = []) {
  const again = ({ tool, name }) => runs.some((run) => run.tool === tool && run.name === name);
  return [...earlier.filter((run) => !again(run)), ...runs];
}

function checkPrograms() {
  const programs = cudaPrograms().filter(({ name }) => name.endsWith('_checks'));
  // Ranks that share a device wait there for each other, and a sanitizer runs one kernel at a time.
  const env = { FLOVER_DEVICE_A_RANK: '1' };
  return programs.map(({ name, path }) => ({ name, command: [path, CHECKS], env }));
}

function validation({ seed, subjects }) {
  const bundle = bundleFile();
  const addon = addonFile();
  if (!bundle || !addon) return [];
  const words = [bundle, 'validate', '--backend', 'cuda', ...VALIDATION, '--seed', seed];
  words.push(...subjects);
  const env = { FLOVER_ADDON: addon };
  return [{ name: 'validate', command: [process.execPath, ...words], env }];
}

/** One that was cut off after `seconds` shows nothing and has failed. */
function sanitize({ machine, results, seconds: most }, tool, { name, command, env }) {
  // Running out of memory on purpose is no error of the program.
  const options = ['--tool', tool, '--error-exitcode', '9', '--target-processes', 'all'];
  const quiet = tool === 'memcheck' ? ['--report-api-errors', 'no', '--leak-check', 'full'] : [];
  const log = results.path(join('sanitizer', `${tool}-${name}.log`));
  // `timeout` ends the program below the sanitizer, too.
  const words = ['-k', '10', String(most), machine.sanitizer, ...options, ...quiet, ...command];
  const { code, seconds, text } = run('timeout', words, { log, env });
  const summary = summaryOf(text);
  return { tool, name, code, seconds, summary, clean: code === 0 && isClean(summary) };
}

/** compute-sanitizer's own last words; without them nothing was looked at. */
export function summaryOf(text) {
  const lines = text.match(/=+ (ERROR|RACECHECK|LEAK) SUMMARY: .*/g) ?? [];
  const unique = new Set(lines.map((line) => line.replace(/^=+ /, '')));
  return unique.size === 0 ? 'no summary: it did not run to its end' : [...unique].join('; ');
}

export function isClean(summary) {
  const counts = [...summary.matchAll(/SUMMARY: (\d+) (bytes|errors?|hazards?)/g)];
  return counts.length > 0 && counts.every(([, count]) => Number(count) === 0);
}
