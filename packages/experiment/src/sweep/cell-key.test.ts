import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cellsOf } from '../cells.ts';
import { parseExperiment } from '../spec/load.ts';
import { cellKey, FileHashes } from './cell-key.ts';

const written = `name: keys
model: { shape: tiny-llama, dataType: f32 }
engine: { backend: auto, tensorParallel: 2 }
costModel: { kind: roofline, device: h100-sxm }
limits: { maxSequences: 4, maxSequenceTokens: 64 }
policies: [temporal-fusion]
workload:
  kind: synthetic
  requests: 6
  arrivals: { kind: poisson, meanIntervalMs: 1 }
  prompt: { kind: fixed, tokens: 4 }
  output: { kind: fixed, tokens: 4 }
`;
const keyWith = (from: string, to: string) => {
  const experiment = parseExperiment('keys.yaml', written.replace(from, to));
  return cellKey(experiment, cellsOf(experiment)[0]!, new FileHashes());
};
const key = keyWith('', '');
const ENGINE = 'backend: auto, tensorParallel: 2';

test.each([
  ['requests: 6', 'requests: 7'],
  ['dataType: f32', 'dataType: f16'],
  ['tiny-llama', 'tiny-gptj'],
  ['h100-sxm', 'h200'],
  ['tensorParallel: 2', 'tensorParallel: 1'],
  ['tensorParallel: 2', 'tensorParallel: 2, collective: nccl'],
  ['tensorParallel: 2', 'tensorParallel: 2, devices: [0, 0]'],
  ['[temporal-fusion]', '[sequential]'],
  ['maxSequences: 4', 'maxSequences: 5'],
  ['maxSequences: 4', 'maxSequences: 4, planAhead: 0'],
  ['policies:', 'memory: { kind: paged }\npolicies:'],
  ['policies:', 'seeds: [2]\npolicies:'],
  ['policies:', 'slo: { ttftMs: 3 }\npolicies:'],
  ['policies:', 'warmupMs: 3\npolicies:'],
])('%j to %j is another cell', (from, to) => {
  expect(keyWith(from, to)).not.toBe(key);
});

test.each([
  ['keys', 'other-name'],
  ['policies:', 'question: Why?\npolicies:'],
  [ENGINE, 'tensorParallel: 2, backend: cuda'],
  [ENGINE, 'tensorParallel: 2, backend: cpu, threads: 2'],
  ['dataType: f32', 'dataType: f32, weightsSeed: 9'],
  ['[temporal-fusion]', '[{ name: temporal-fusion, label: mine }]'],
  ['[temporal-fusion]', '[{ name: temporal-fusion, parameters: { prefillLanes: 1 } }]'],
])('%j to %j is the same cell', (from, to) => {
  expect(keyWith(from, to)).toBe(key);
});

test('ranks share a device on GPUs; on a processor they are threads, whatever devices are named', () => {
  const placed = (backend: string) =>
    keyWith(ENGINE, `tensorParallel: 2, devices: [0, 0], backend: ${backend}`);
  expect(placed('cuda')).toBe(placed('auto'));
  expect(placed('cuda')).not.toBe(key);
  expect(placed('cpu')).toBe(key);
});

test.each([
  ['a profile', '{ kind: roofline, device: h100-sxm }', '{ kind: profile, file: FILE }'],
  ['lengths', '{ kind: fixed, tokens: 4 }', '{ kind: empirical, path: FILE }'],
])('other contents of %s are another cell', (_, from, to) => {
  const file = join(mkdtempSync(join(tmpdir(), 'flover-key-')), 'file');
  const keyOf = (contents: string) => {
    writeFileSync(file, contents);
    const experiment = parseExperiment(
      'keys.yaml',
      written.replace(from, to.replace('FILE', file)),
    );
    const [cell] = cellsOf(experiment);
    return cellKey(experiment, cell!, new FileHashes());
  };
  const first = keyOf('5\n7\n');
  expect(keyOf('5\n8\n')).not.toBe(first);
  expect(keyOf('5\n7\n')).toBe(first);
});

test('where a file of requests is read, another tokenizer of the checkpoint makes another cell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-key-'));
  const fixture = fileURLToPath(new URL('../../../engine/fixtures/llama-mha', import.meta.url));
  cpSync(fixture, folder, { recursive: true });
  const path = join(folder, 'requests.jsonl');
  const row = '{"arrivalMs":0,"promptTokens":3,"maxOutputTokens":4}';
  writeFileSync(path, `{"format":"flover-requests","version":1}\n${row}\n`);
  const trace = `workload: { kind: trace, format: requests, path: ${path} }\n`;
  const synthetic = written.slice(written.indexOf('workload:'));
  const lengths = `lengths: { kind: trace, format: requests, path: ${path} }\n`;
  const keyOf = (workload: string) => {
    const text = written
      .replace('shape: tiny-llama', `checkpoint: ${folder}`)
      .replace(', tensorParallel: 2', '')
      .replace(synthetic, workload);
    const experiment = parseExperiment('keys.yaml', text);
    return cellKey(experiment, cellsOf(experiment)[0]!, new FileHashes());
  };
  const drawn = synthetic.replace(/ {2}prompt:.*/s, `  ${lengths}`);
  const keys = () => [trace, drawn, synthetic].map(keyOf);
  const before = keys();
  writeFileSync(join(folder, 'tokenizer_config.json'), '{ "add_bos_token": true }');
  const after = keys();
  expect(after.map((key, i) => key === before[i])).toEqual([false, false, true]);
});
