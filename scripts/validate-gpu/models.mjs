// Whole models on this GPU: every policy for real with the bits that requests have alone, identical replays, what
// it takes to load them, and how long an iteration is.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flover, floverMissing } from './flover.mjs';

/** By data type, what fits on 80 GB; fewer layers are taken where memory is short, and that is told. */
const MODELS = {
  f16: ['llama-7b', 'llama-13b', 'gptj-6b', 'llama-33b'],
  bf16: ['llama-7b', 'gptj-6b'],
  f32: ['llama-7b', 'gptj-6b'],
};

/** Of these models, those that `--shapes` and `--data-types` name; without them all. */
export function chosenModels({ shapes, 'data-types': dataTypes }) {
  const named = (list, name) => list === undefined || list.split(',').includes(name);
  return Object.entries(MODELS)
    .filter(([dataType]) => named(dataTypes, dataType))
    .map(([dataType, all]) => [dataType, all.filter((shape) => named(shapes, shape))])
    .filter(([, all]) => all.length > 0);
}

export function modelsPart({ results, options }) {
  const missing = floverMissing();
  if (missing) return { outcome: 'failed', detail: missing };
  mkdirSync(results.path('models'), { recursive: true });
  const log = results.path(join('models', 'models.log'));
  const runs = chosenModels(options).map(([dataType, shapes]) => {
    const out = results.path(join('models', dataType));
    const words = ['validate', '--backend', 'cuda', '--checks', 'whole', '--seed', options.seed];
    const what = ['--shapes', shapes.join(','), '--data-types', dataType, '--out', out];
    const { code, seconds } = flover([...words, ...what], { results, log, minutes: 6 });
    const file = join(out, 'validation.json');
    const checks = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).checks : [];
    return { dataType, code, seconds, checks, missing: shapes.length - checks.length };
  });
  const checks = runs.flatMap((each) => each.checks);
  writeFileSync(results.path(join('models', 'models.md')), table(checks));
  const wrong = checks.filter(({ verdict }) => verdict !== 'passed');
  const passed = wrong.length === 0 && runs.every((each) => each.code === 0 && each.missing === 0);
  return {
    outcome: passed ? 'passed' : 'failed',
    detail: [
      `${checks.length - wrong.length} of ${checks.length} models keep bits and decisions`,
      ...wrong.map(({ subject, verdict, detail }) => `${subject}: ${verdict} ${detail}`),
    ].join('\n'),
    seconds: runs.reduce((sum, each) => sum + each.seconds, 0),
  };
}

const round = (value, digits) => (value === undefined ? '–' : value.toFixed(digits));

export function table(checks) {
  const rows = checks.map(({ subject, verdict, cases, seed, seen, detail, measured = {} }) =>
    [
      subject,
      detail.match(/^\d+ of \d+ layers/)?.[0] ?? 'all',
      verdict,
      `${cases} worlds, ${Object.keys(seen).length} branches, seed ${seed}`,
      round(measured.loadSeconds, 1),
      round(measured.deviceBytes === undefined ? undefined : measured.deviceBytes / 1e9, 1),
      round(measured.decodeMsBatch1, 2),
      round(measured.decodeMsBatch32, 2),
      round(measured.hostMicrosBatch32, 0),
    ].join(' | '),
  );
  const heads = [
    'model',
    'layers',
    'bits alone and in company, replays',
    'over',
    'load s',
    'device GB',
    'iteration ms, 1 row',
    '32 rows',
    'host us, 32 rows',
  ];
  const lines = [heads.join(' | '), heads.map(() => '---').join(' | '), ...rows];
  return `${lines.map((line) => `| ${line} |`).join('\n')}\n\nSynthetic weights. Iterations: medians, device time, contexts of 8 to 56 tokens.\n`;
}
