// The parts of a run, in order. Each gives back how it ended and what is worth a line in the manifest.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPart, ctestFolder, cudaPrograms, isCheck } from './build.mjs';
import { clocks } from './clocks.mjs';
import { flover, floverMissing } from './flover.mjs';
import { modelsPart } from './models.mjs';
import { peersPart } from './peers.mjs';
import { ranksPart } from './ranks.mjs';
import { run, tail } from './run.mjs';
import { sanitizerPart } from './sanitizer.mjs';
import { transformersPart } from './transformers.mjs';

export const parts = {
  build: buildPart,
  checks: afterBuild(checksPart),
  validate: afterBuild(validatePart),
  ranks: afterBuild(ranksPart),
  transformers: afterBuild(transformersPart),
  models: afterBuild(modelsPart),
  bench: afterBuild(benchPart),
  peers: afterBuild(peersPart),
  sanitizer: afterBuild(sanitizerPart),
};
export const partNames = Object.keys(parts);

/** Programs of an earlier build say nothing of this source. */
function afterBuild(part) {
  return (context) =>
    context.results.outcomeOf('build') === 'failed'
      ? { outcome: 'failed', detail: 'not run: the build failed' }
      : part(context);
}

/** Native checks of both backends. */
function checksPart({ results }) {
  const log = results.path('checks.log');
  const programs = cudaPrograms().filter(isCheck);
  if (programs.length === 0) return needsBuild();
  const junit = ['--output-junit', results.path('ctest.xml')];
  const runs = [
    run('ctest', ['--test-dir', ctestFolder, '--output-on-failure', ...junit], { log }),
    ...programs.map(({ path }) => run(path, [], { log })),
  ];
  const passed = runs.every(({ code }) => code === 0);
  const text = runs.map((each) => each.text).join('');
  return verdict(passed, passed ? countsIn(text) : failedLines(text));
}

/** What programs of checks say last. */
export const countsIn = (text) =>
  text.match(/^\d+ passed, \d+ failed(, \d+ skipped)?$/gm)?.join('; ') ?? '';

/** The properties of the engine, on the GPU. */
function validatePart({ results, options: { cases, requests, seed, subjects } }) {
  const missing = floverMissing();
  if (missing) return { outcome: 'failed', detail: missing };
  const amount = ['--cases', cases, '--requests', requests, '--seed', seed];
  const { code, text, seconds } = flover(
    ['validate', '--backend', 'cuda', ...amount, ...subjects, '--out', results.folder],
    { results, log: results.path('validate.log'), minutes: 60 },
  );
  return { ...verdict(code === 0, tail(text, code === 0 ? 3 : 40)), seconds };
}

/** Every benchmark program, its output as it is; those of ranks where there are devices for them. */
function benchPart({ machine, results }) {
  const programs = benchmarks(cudaPrograms(), machine.devices);
  if (programs.length === 0) return needsBuild();
  mkdirSync(results.path('bench'), { recursive: true });
  const before = clocks();
  const ended = programs.map(({ name, path }) => {
    const { code, seconds, text } = run(path, [], {
      log: results.path(join('bench', `${name}.txt`)),
    });
    return {
      name,
      code,
      seconds,
      failed: code === 0 ? '' : `${name} ended with ${code}: ${tail(text)}`,
    };
  });
  const failed = ended.map((each) => each.failed).filter(Boolean);
  const programsRun = ended.map(({ name, code, seconds }) => ({ name, code, seconds }));
  const detail = failed.join('\n') || programsRun.map(({ name }) => name).join(', ');
  return {
    ...verdict(failed.length === 0, detail),
    before,
    after: clocks(),
    programs: programsRun,
  };
}

export const benchmarks = (programs, devices) =>
  programs.filter(
    (each) => !isCheck(each) && (devices > 1 || !/_(ranks|collectives)_/.test(each.name)),
  );

const verdict = (passed, detail) => ({ outcome: passed ? 'passed' : 'failed', detail });

const needsBuild = () => ({
  outcome: 'failed',
  detail: "the programs are not there; run the part 'build' first",
});

function failedLines(text) {
  const lines = text.split('\n').filter((line) => /FAILED|\*\*\*|^exit code [^0]/.test(line));
  return lines.slice(0, 30).join('\n') || tail(text);
}
