// The parts of a run, in order. Each gives back how it ended and what is worth a line in the manifest.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addonFile, buildPart, bundleFile, ctestFolder, cudaPrograms } from './build.mjs';
import { ask, findProgram, root, run, tail } from './run.mjs';
import { sanitizerPart } from './sanitizer.mjs';

export const parts = {
  build: buildPart,
  checks: afterBuild(checksPart),
  sanitizer: afterBuild(sanitizerPart),
  validate: afterBuild(validatePart),
  bench: afterBuild(benchPart),
  peers: peersPart,
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
  const programs = cudaPrograms().filter(({ name }) => name.endsWith('_checks'));
  if (programs.length === 0) return needsBuild();
  const junit = ['--output-junit', results.path('ctest.xml')];
  const runs = [
    run('ctest', ['--test-dir', ctestFolder, '--output-on-failure', ...junit], { log }),
    ...programs.map(({ path }) => run(path, [], { log })),
  ];
  const passed = runs.every(({ code }) => code === 0);
  const text = runs.at(-1).text;
  const counts = text.match(/^\d+ passed, \d+ failed$/gm)?.join('; ') ?? '';
  return verdict(passed, passed ? counts : failedLines(text));
}

/** The properties of the engine, on the GPU. */
function validatePart({ results, options: { cases, requests, seed } }) {
  const bundle = bundleFile();
  const addon = addonFile();
  if (!bundle)
    return { outcome: 'failed', detail: 'apps/cli/dist/flover.mjs is not there; bring it' };
  if (!addon) return { outcome: 'failed', detail: 'no addon was built; FLOVER_ADDON names none' };
  const amount = ['--cases', cases, '--requests', requests, '--seed', seed];
  const { code, text, seconds } = run(
    process.execPath,
    [bundle, 'validate', '--backend', 'cuda', ...amount, '--out', results.folder],
    {
      log: results.path('validate.log'),
      minutes: 60,
      env: { FLOVER_ADDON: addon, FLOVER_COMMIT: results.commit.id },
    },
  );
  return { ...verdict(code === 0, tail(text, code === 0 ? 3 : 40)), seconds };
}

/** Every benchmark program, its output as it is. */
function benchPart({ results }) {
  const programs = cudaPrograms().filter(({ name }) => !name.endsWith('_checks'));
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

/** The same weight products through PyTorch and cuBLAS, where PyTorch is. */
function peersPart({ results }) {
  const python = findProgram(['python3']);
  const torch = python && ask(python, '-c', 'import torch; print(torch.__version__)');
  if (!torch) return { outcome: 'skipped', detail: 'python3 has no torch' };
  const script = join(root, 'packages', 'engine', 'native', 'cuda', 'bench', 'cublas.py');
  mkdirSync(results.path('bench'), { recursive: true });
  const log = results.path(join('bench', 'cublas.txt'));
  const { code, text } = run(python, [script], { log });
  return { ...verdict(code === 0, code === 0 ? `torch ${torch}` : tail(text)), torch };
}

/** Clocks and heat beside a benchmark, so that a throttled one can be told. */
function clocks() {
  const fields = 'clocks.sm,clocks.mem,temperature.gpu,power.draw,clocks_throttle_reasons.active';
  return ask('nvidia-smi', `--query-gpu=${fields}`, '--format=csv,noheader') ?? '';
}

const verdict = (passed, detail) => ({ outcome: passed ? 'passed' : 'failed', detail });

const needsBuild = () => ({
  outcome: 'failed',
  detail: "the programs are not there; run the part 'build' first",
});

function failedLines(text) {
  const lines = text.split('\n').filter((line) => /FAILED|\*\*\*|^exit code [^0]/.test(line));
  return lines.slice(0, 30).join('\n') || tail(text);
}
