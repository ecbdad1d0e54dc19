import { describe, expect, test } from 'vitest';
import { Machine } from './gpu-machine.ts';

/** `flover validate --out FOLDER --shapes A,B`: a check of each shape, with this verdict. */
const validates = (verdict: string) => `
import { mkdirSync, writeFileSync } from 'node:fs';
const words = process.argv.slice(2);
const option = (name) => words[words.indexOf(name) + 1];
const measured = { loadSeconds: 3.25, deviceBytes: 27e9, decodeMsBatch1: 9.1, decodeMsBatch32: 11.5 };
const checks = option('--shapes').split(',').map((shape) => ({
  ...{ check: 'whole', subject: shape + ' ' + option('--data-types'), verdict: '${verdict}' },
  ...{ cases: 9, seed: 1, seen: { sequential: 1 }, measured },
  detail: shape === 'llama-33b' ? '55 of 60 layers: the device has no room for more' : '',
}));
mkdirSync(option('--out'), { recursive: true });
writeFileSync(option('--out') + '/validation.json', JSON.stringify({ checks }));
process.exitCode = ${verdict === 'passed' ? 0 : 1};
`;

/** `flover run FILE --out FOLDER`: a run of two steady iterations at 8 rows. */
const runs = `
import { mkdirSync, writeFileSync } from 'node:fs';
const words = process.argv.slice(2);
const folder = words[words.indexOf('--out') + 1] + '/engine/temporal-fusion-seed-1/';
const s = [0, 1, 2, 3, 4, 5, 6, 7];
const lines = [
  { kind: 'launch', t: 0, work: 0, lane: 0, s, p: s, n: s, f: 2 },
  { kind: 'launch', t: 0, work: 1, lane: 0, s, p: s, f: 3 },
  { kind: 'launch', t: 0, work: 2, lane: 0, s, p: s, f: 3 },
  { kind: 'measure', work: 0, lane: 0, start: 0, end: 1e6 },
  { kind: 'measure', work: 1, lane: 0, start: 1e6, end: 11e6, plan: 2000, launch: 9000, take: 1000 },
  { kind: 'measure', work: 2, lane: 0, start: 11.02e6, end: 21e6, plan: 4000, launch: 9000, take: 1000 },
];
if (/at-once-8.yaml/.test(words[1])) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + 'trace.jsonl', lines.map((line) => JSON.stringify(line) + '\\n').join(''));
  const values = { generatedTokensPerSecond: 820 };
  writeFileSync(folder + 'metrics.json', JSON.stringify({ values }));
} else process.exitCode = 1;
`;

const peer = (rows: string) =>
  `{"peer":"x","torch":"2.11","transformers":"5.17","device":"Toy","newTokens":128,"cacheTokens":512,"rows":[${rows}]}`;

describe('parts of validate:gpu', () => {
  test('models: one table, with how many layers fitted', () => {
    const machine = new Machine();
    machine.flover(validates('passed'));
    expect(machine.validate('models')).toMatchObject({ code: 0 });
    const table = machine.file('models/models.md');
    expect(table).toMatch(/llama-13b f16 \| all \| passed \| .* \| 3.3 \| 27.0 \| 9.10 \| 11.50/);
    expect(table).toMatch('| llama-33b f16 | 55 of 60 layers | passed |');
  });

  test('models: one that changes bits fails the part', () => {
    const machine = new Machine();
    machine.flover(validates('failed'));
    expect(machine.validate('models').code).toBe(1);
    expect(machine.manifest().parts.models.detail).toMatch(/^0 of 8 models keep bits/);
  });

  test('transformers: skipped, and said so, where torch is missing', () => {
    const machine = new Machine();
    machine.tool('python3', '[ "$1" = --version ]');
    expect(machine.validate('transformers')).toMatchObject({ code: 0 });
    expect(machine.manifest().parts.transformers).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringContaining('no torch'),
    });
  });

  test('peers: who wins where, what was not measured, and the host in steady state', () => {
    const machine = new Machine();
    machine.flover(runs);
    machine.program(
      'flover_cuda_products',
      [
        'echo "tiles 8 groups 1 stages 11   O, down splits 3:   8.712 ms, 2950 GB/s"',
        'echo "tiles 8 groups 2 stages 10   O, down splits 3:   8.653 ms, 2970 GB/s"',
        'echo "tiles 8 groups 1 stages 11   15360x5120    52.5 us 2997 GB/s"',
        'echo "tiles 8 groups 2 stages 10   15360x5120    52.1 us 3020 GB/s"',
      ].join('\n'),
    );
    const cublas = peer('{"product":"15360x5120","tokens":1,"micros":50.0}');
    const transformers = peer(
      '{"way":"static cache, compiled","batch":8,"tokensPerSecond":410},{"way":"continuous batching","batch":32,"notMeasured":"late"}',
    );
    machine.tool(
      'python3',
      `case "$1" in -c) echo 2.11;; *cublas.py) echo '${cublas}' > "$2";; *peer.py) echo '${transformers}' > "$2";; esac`,
    );
    expect(machine.validate('peers')).toMatchObject({ code: 0 });
    const table = machine.file('peers/peers.md');
    expect(table).toMatch('| 8 | 820 | 410 | 619 | Flover, 1.32 of the best peer |');
    expect(table).toMatch('| 8 | 2 | 10.00 / 10.00 | 20.0 / 20.0 |');
    expect(table).toMatch('Not measured: continuous batching, 32: late');
    const product = '| 15360x5120 | 1 | 52.1 | 50.0 | 0.96 | cuBLAS | tiles 8 groups 2 stages 10 |';
    expect(table).toMatch(product);
    expect(machine.manifest().parts.peers.detail).toMatch('flover run at-once-64 ended with 1');
  });

  test('several calls with one folder fill one manifest', () => {
    const machine = new Machine();
    machine.validate('checks');
    machine.validate('bench');
    expect(Object.keys(machine.manifest().parts)).toEqual(['checks', 'bench']);
    machine.validate('checks');
    expect(Object.keys(machine.manifest().parts).sort()).toEqual(['bench', 'checks']);
  });
});
