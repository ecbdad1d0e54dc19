// Agreement with Hugging Face transformers on this GPU: references are computed with its own kernels, then compared
// with ours.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { flover, floverMissing } from './flover.mjs';
import { ask, findProgram, root, run, tail } from './run.mjs';

const engine = join(root, 'packages', 'engine');

export function transformersPart({ results }) {
  const missing = floverMissing();
  if (missing) return { outcome: 'failed', detail: missing };
  const python = findProgram(['python3']);
  const versions =
    python &&
    ask(
      python,
      '-c',
      'import torch, transformers; assert torch.cuda.is_available(); print(torch.__version__, transformers.__version__)',
    );
  if (!versions) {
    return { outcome: 'skipped', detail: 'python3 has no torch with CUDA and transformers' };
  }
  const smollm2 = resolve(process.env.FLOVER_SMOLLM2 || join(root, '.cache', 'smollm2'));
  const hasSmollm2 = existsSync(join(smollm2, 'model.safetensors'));
  const fixtures = join(engine, 'fixtures');
  const checkpoints = readdirSync(fixtures, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(fixtures, name));
  if (hasSmollm2) checkpoints.push(smollm2);
  mkdirSync(results.path('transformers'), { recursive: true });
  const log = results.path(join('transformers', 'transformers.log'));
  // Logits are large and can be made again: only what was found is kept.
  const references = mkdtempSync(join(tmpdir(), 'flover-references-'));
  try {
    const script = join(engine, 'tools', 'device-references.py');
    const made = run(python, [script, references, ...checkpoints], { log, minutes: 5 });
    if (made.code !== 0) return { outcome: 'failed', detail: tail(made.text) };
    const out = results.path('transformers');
    const words = ['validate', '--backend', 'cuda', '--checks', 'transformers'];
    const what = ['--references', references, '--out', out];
    const { code, text, seconds } = flover([...words, ...what], { results, log, minutes: 5 });
    const notes = hasSmollm2 ? [] : [`without SmolLM2-135M: no checkpoint in ${smollm2}`];
    return {
      outcome: code === 0 ? 'passed' : 'failed',
      detail: [...(code === 0 ? agreements(out) : [tail(text, 30)]), ...notes].join('\n'),
      versions,
      seconds: made.seconds + seconds,
    };
  } finally {
    rmSync(references, { recursive: true, force: true });
  }
}

function agreements(folder) {
  const { checks } = JSON.parse(readFileSync(join(folder, 'validation.json'), 'utf8'));
  return checks.map(({ subject, detail }) => `${subject}: ${detail}`);
}
