import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusalOf, soundExperiment as sound } from '../../test/support/refusal.ts';
import { loadExperiment, parseExperiment } from './load.ts';

const refusal = (text: string) => refusalOf(() => parseExperiment('example.yaml', text));

test('a sound file is read, and what it leaves out has its default', () => {
  const { spec } = parseExperiment('example.yaml', sound);
  expect(spec.engine).toEqual({
    backend: 'auto',
    threads: 0,
    tensorParallel: 1,
    collective: 'one-shot',
  });
  expect(spec.costModel).toEqual({ kind: 'measure' });
  expect(spec.memory).toEqual({ kind: 'slots' });
  expect(spec.seeds).toEqual([1]);
});

test('seeds can be a range', () => {
  const { spec } = parseExperiment('example.yaml', `${sound}seeds: 3..6\n`);
  expect(spec.seeds).toEqual([3, 4, 5, 6]);
});

test('a folder is refused with the files in it that may have been meant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flover-spec-'));
  try {
    const empty = refusalOf(() => loadExperiment(folder));
    expect([empty.message, empty.hint]).toEqual([
      expect.stringMatching(/it is a folder$/),
      expect.stringContaining('00-first-look'),
    ]);
    for (const name of ['sweep.yaml', 'notes.md']) writeFileSync(join(folder, name), '');
    const { hint } = refusalOf(() => loadExperiment(folder));
    expect(hint).toBe(`Give a file in it: ${join(folder, 'sweep.yaml')}.`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a bad file is refused with the file, the line, the value and what is allowed', () => {
  test.each([
    [
      'unknown key',
      ['maxSequences: 4', 'maxSequence: 4'],
      /:6:3: unknown key 'maxSequence' .*'maxSequences'/,
    ],
    [
      'key without its unit',
      ['intervalMs: 10', 'interval: 10'],
      /:13:\d+: unknown key 'interval' .*'intervalMs'/,
    ],
    [
      'a sweep, where an experiment is asked for',
      ['workload:', 'sweep: { limits.maxSequences: [2, 4] }\nworkload:'],
      /:10:1: 'sweep' .* `flover sweep FILE`/,
    ],
    ['unit in the value', ['intervalMs: 10', 'intervalMs: 10ms'], /:13:\d+: .*'10ms'.*bare number/],
    [
      'word of no meaning',
      ['dataType: f32', 'dataType: f23'],
      /:4:\d+: .*'f23'.*f32, f16, bf16.*'f32'/,
    ],
    [
      'kind of no meaning',
      ['kind: constant', 'kind: constand'],
      /:13:\d+: .*'constand'.*'constant'/,
    ],
    ['too small', ['requests: 3', 'requests: 0'], /:12:\d+: .*is 0; allowed: at least 1/],
    [
      'seeds that fall',
      ['workload:', 'seeds: 6..3\nworkload:'],
      /:10:8: seeds is '6\.\.3'; allowed: .*rises/,
    ],
    [
      'one seed, no list',
      ['workload:', 'seeds: 6\nworkload:'],
      /:10:8: seeds is 6; allowed: a list/,
    ],
    ['missing key', ['  requests: 3\n', ''], /requests is missing/],
    [
      'a seed that stands twice',
      ['workload:', 'seeds: [4, 5, 4]\nworkload:'],
      /:10:15: seeds\.2 is 4; allowed: each seed once/,
    ],
    [
      'more seeds than anybody waits for',
      ['workload:', 'seeds: 1..999999999\nworkload:'],
      /:10:8: seeds is '1\.\.999999999'; allowed: at most 100000 seeds/,
    ],
    ['number in quotes', ['requests: 3', 'requests: "3"'], /:12:13: .*'3'.*without quotes/],
    ['digits in groups', ['requests: 3', 'requests: 1_000'], /:12:13: .*'1_000'.*digits alone/],
    [
      'what is not finite',
      ['intervalMs: 10', 'intervalMs: .inf'],
      /:13:\d+: .*is Infinity; allowed/,
    ],
    ['negative with a unit', ['intervalMs: 10', 'intervalMs: -10ms'], /'-10ms'.*bare number/],
    [
      'a policy of another kind of value',
      ['- temporal-fusion', '- 3'],
      /:9:5: policies\.0 is 3; allowed: a text, keys with values$/,
    ],
    [
      'a wrong word deep within a policy',
      ['- temporal-fusion', '- { name: sequential, memory: { kind: page } }'],
      /:9:41: policies\.0\.memory\.kind is 'page'; allowed: slots, contiguous, paged; .*'paged'/,
    ],
    [
      'a label that leads out of the results',
      ['- temporal-fusion', '- { name: sequential, label: ../../up }'],
      /:9:32: policies\.0\.label is '\.\.\/\.\.\/up'; allowed: letters/,
    ],
    [
      'a label that is a number',
      ['- temporal-fusion', '- { name: sequential, label: 1024 }'],
      /:9:32: policies\.0\.label is 1024; allowed: a text; in quotes it is one: '1024'$/,
    ],
    [
      'a word that is no limit',
      ['  requests: 3', '  requests: 3\n  outputLimit: exat'],
      /:13:16: workload\.outputLimit is 'exat'; allowed: exact, keys with values; .*'exact'/,
    ],
  ])('%s', (_, [from, to], expected) => {
    const error = refusal(sound.replace(from, to));
    expect(error.code).toBe('bad-experiment');
    expect(error.message).toMatch(/^example\.yaml:\d+:\d+: /);
    expect(error.message).toMatch(expected);
  });
});
