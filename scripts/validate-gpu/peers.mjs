// The same work through this engine and through its peers, in one run on one GPU, as one table.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cudaPrograms } from './build.mjs';
import { stolenSeconds } from './clocks.mjs';
import { flover, floverMissing } from './flover.mjs';
import { ownProducts, peersTable } from './peers-table.mjs';
import { ask, findProgram, root, run } from './run.mjs';
import { traceFigures } from './trace-figures.mjs';

const BATCHES = [1, 8, 32, 64];
const engine = join(root, 'packages', 'engine');

export function peersPart({ results }) {
  mkdirSync(results.path('peers'), { recursive: true });
  const notes = [];
  const document = {
    format: 'flover-peers',
    version: 1,
    own: ownRuns(results, notes),
    products: ownProductRows(results, notes),
    ...pythonPeers(results, notes),
    earlier: JSON.parse(readFileSync(new URL('earlier-peers.json', import.meta.url), 'utf8')),
  };
  const write = (name, text) => writeFileSync(results.path(join('peers', name)), text);
  write('peers.json', `${JSON.stringify(document, null, 1)}\n`);
  write('peers.md', peersTable(document));
  const peers = document.transformers || document.cublas;
  const outcome = document.own.length === 0 ? 'failed' : peers ? 'passed' : 'skipped';
  return { outcome, detail: notes.join('\n') };
}

/** LLaMA-13B fp16, prompts of 8 tokens, 504 new ones, all at once: policy, binding and trace included. */
function ownRuns(results, notes) {
  const missing = floverMissing();
  if (missing) {
    notes.push(missing);
    return [];
  }
  const log = results.path(join('peers', 'flover.log'));
  const folder = mkdtempSync(join(tmpdir(), 'flover-peers-'));
  try {
    return BATCHES.flatMap((batch) => {
      const name = `at-once-${batch}`;
      const file = join(root, 'experiments', '02-llama-13b-at-once', `${name}.yaml`);
      const out = join(folder, name);
      const before = stolenSeconds();
      const { code } = flover(['run', file, '--out', out], { results, log, minutes: 3 });
      const cell = join(out, 'engine', 'temporal-fusion-seed-1');
      if (code !== 0 || !existsSync(join(cell, 'metrics.json'))) {
        notes.push(`flover run ${name} ended with ${code}; see peers/flover.log`);
        return [];
      }
      const { values } = JSON.parse(readFileSync(join(cell, 'metrics.json'), 'utf8'));
      const stolen = before === undefined ? undefined : stolenSeconds() - before;
      const figures = traceFigures(join(cell, 'trace.jsonl'), batch);
      return [{ batch, stolenSeconds: stolen, ...figures, metrics: values }];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownProductRows(results, notes) {
  const program = cudaPrograms().find(({ name }) => name === 'flover_cuda_products');
  if (!program) {
    notes.push('flover_cuda_products was not built');
    return [];
  }
  const log = results.path(join('peers', 'products.txt'));
  const { code, text } = run(program.path, [], { log, minutes: 5 });
  const rows = ownProducts(text);
  if (code !== 0 || rows.length === 0) notes.push(`flover_cuda_products ended with ${code}`);
  return rows;
}

function pythonPeers(results, notes) {
  const python = findProgram(['python3']);
  const torch = python && ask(python, '-c', 'import torch; print(torch.__version__)');
  if (!torch) {
    notes.push('python3 has no torch: no peers were measured');
    return {};
  }
  const measure = (name, script, minutes) => {
    const out = join(results.path('peers'), `${name}.json`);
    const log = results.path(join('peers', `${name}.log`));
    const { code, seconds } = run(python, [script, out], { log, minutes });
    notes.push(`${name}: exit code ${code} after ${seconds} s`);
    return existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : undefined;
  };
  return {
    cublas: measure('cublas', join(engine, 'native', 'cuda', 'bench', 'cublas.py'), 3),
    transformers: measure('transformers', join(engine, 'tools', 'transformers-peer.py'), 6),
  };
}
