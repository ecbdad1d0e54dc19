// What can be known of the parts without a GPU.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chosenModels } from './models.mjs';
import { benchmarks, countsIn } from './parts.mjs';
import { ownProducts, peersTable } from './peers-table.mjs';
import { wordsOfWorld } from './ranks.mjs';
import { run } from './run.mjs';
import { isClean, summaryOf, withEarlier } from './sanitizer.mjs';

const names = (programs) => programs.map(({ name }) => name.replace('flover_cuda_', ''));
const programs = [
  'checks',
  'silence_check',
  'bench',
  'products',
  'ranks_bench',
  'collectives_bench',
];
const built = programs.map((name) => ({ name: `flover_cuda_${name}` }));

test('benchmarks of ranks run where there are devices for them, checks are none', () => {
  expect(names(benchmarks(built, 1))).toEqual(['bench', 'products']);
  expect(names(benchmarks(built, 2))).toEqual(programs.slice(2));
});

test('ranks have a device each where there are so many, else neighbours share', () => {
  expect(wordsOfWorld(4, 4)).toEqual(['--tensor-parallel', '4']);
  expect(wordsOfWorld(2, 8)).toEqual(['--tensor-parallel', '2']);
  expect(wordsOfWorld(4, 3).at(-1)).toBe('0,0,1,1');
  expect(wordsOfWorld(4, 2).at(-1)).toBe('0,0,1,1');
  expect(wordsOfWorld(4, 1).at(-1)).toBe('0,0,0,0');
  expect(wordsOfWorld(2, 1)).toEqual(['--tensor-parallel', '2', '--devices', '0,0']);
});

test('a sanitizer that was cut off, or found anything, is not clean', () => {
  const found = '========= RACECHECK SUMMARY: 2 hazards displayed (2 errors, 0 warnings)\n';
  const none = '========= RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)\n';
  expect(isClean(summaryOf(none))).toBe(true);
  expect(isClean(summaryOf(found))).toBe(false);
  expect(isClean(summaryOf('Internal Sanitizer Error'))).toBe(false);
});

test('the counts of checks are found among what programs print, those left out too', () => {
  const text = 'ok      beams\n98 passed, 0 failed, 2 skipped\nskipped: two devices are needed\n';
  expect(countsIn(`${text}3 passed, 0 failed\n`)).toBe(
    '98 passed, 0 failed, 2 skipped; 3 passed, 0 failed',
  );
});

test('what one tool found stays when another runs later', () => {
  const run = (tool, code) => ({ tool, name: 'validate', code });
  const earlier = [run('memcheck', 0), run('racecheck', 124)];
  expect(withEarlier([run('racecheck', 0)], earlier)).toEqual([
    run('memcheck', 0),
    run('racecheck', 0),
  ]);
  expect(withEarlier([run('memcheck', 0)])).toEqual([run('memcheck', 0)]);
});

test('of kernels for as many tokens, the one whose iteration is shortest stands beside a peer', () => {
  const text = [
    'tiles 8 groups 1 stages 4   share   0:   8.620 ms, 2982 GB/s',
    'tiles 8 groups 2 stages 4   share   0:   8.500 ms, 2990 GB/s',
    'tiles 8 groups 1 stages 4   5120x5120    19.1 us 2604 GB/s',
    'tiles 8 groups 2 stages 4   5120x5120    20.1 us 2604 GB/s',
  ].join('\n');
  const products = ownProducts(text);
  expect(products.map(({ product, micros }) => [product, micros])).toEqual([
    ['all', 8500],
    ['5120x5120', 20.1],
  ]);
  const cublas = { torch: '2', rows: [{ product: '5120x5120', tokens: 1, micros: 20.6 }] };
  const table = peersTable({ own: [], products, cublas, earlier: { rows: [] } });
  expect(table).toContain(
    '| 5120x5120 | 1 | 20.1 | 20.6 | 1.02 | Flover | tiles 8 groups 2 stages 4 |',
  );
});

test('whole models are chosen by shape and data type', () => {
  expect(chosenModels({ 'data-types': 'f32', shapes: 'gptj-6b,llama-13b' })).toEqual([
    ['f32', ['gptj-6b']],
  ]);
  expect(chosenModels({}).flatMap(([, shapes]) => shapes)).toHaveLength(8);
});

test('a program tells what it printed itself, not what stood in its log from an earlier call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-'));
  try {
    const log = join(folder, 'a.log');
    const say = (word) => run(process.execPath, ['-e', `console.log('${word}')`], { log });
    expect(say('found an error – ').code).toBe(0);
    const { text } = say('clean');
    expect(text).toMatch(/^\$ .*clean.*\nclean\nexit code 0 after /);
    expect(text).not.toContain('found');
    expect(readFileSync(log, 'utf8')).toContain('\nfound an error – \n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
