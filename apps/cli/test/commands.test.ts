import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from '@flover/metrics';
import { readTrace } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { experimentFile, flover, temporaryFolder, written } from './flover.ts';

describe('an experiment in both worlds', () => {
  test('is compared, replayed, and leaves what a person needs', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    const ran = await flover('compare', experimentFile(folder), '-o', out, '--json');
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const comparison = JSON.parse(ran.stdout) as Comparison;
    expect(comparison.cells.map((cell) => cell.label)).toEqual([
      'temporal-fusion',
      'continuous-batching',
    ]);
    for (const { simulated, real, replay, split } of comparison.cells) {
      expect(simulated?.metrics.values.requestsServed).toBe(12);
      expect(real?.metrics.values.requestsServed).toBe(12);
      expect(replay?.identical).toBe(true);
      expect(split?.find(({ key }) => key === 'e2eMsP50')?.total).not.toBeNull();
    }
    expect(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'))).toEqual({
      ...comparison,
      createdAt: expect.any(String),
    });
    expect(existsSync(join(out, 'report', 'index.html'))).toBe(true);

    const page = readFileSync(new URL('../../../docs/trace-format.md', import.meta.url), 'utf8');
    const run = comparison.cells[0]!.real!.folder;
    const { commandLine } = JSON.parse(readFileSync(join(out, run, 'manifest.json'), 'utf8'));
    expect(commandLine.slice(0, 2)).toEqual(['compare', join(folder, 'experiment.yaml')]);
    expect(page).toContain('"commandLine": ["simulate", "experiment.yaml"]');

    const replayed = await flover('replay', out);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout.match(/: identical/g)).toHaveLength(4);
  });

  test('of several tenants each has its rows in a table, and in the results', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    const sole = experimentFile(folder);
    const text = readFileSync(sole, 'utf8');
    const part = text.slice(text.indexOf('  kind: synthetic')).trim().replaceAll('\n', '\n    ');
    const parts = ['chat', 'batch'].map((tenant) => `    - tenant: ${tenant}\n      ${part}\n`);
    const head = text.slice(0, text.indexOf('  kind: synthetic'));
    const file = written(folder, 'mix.yaml', `${head}  kind: mix\n  parts:\n${parts.join('')}`);
    const ran = await flover('simulate', file, '-o', out);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^temporal-fusion +batch +simulated +12 /m);
    expect(ran.stdout).toMatch(/^ +chat +simulated +12 /m);
    expect(ran.stdout).toContain('service');
    const { cells } = JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8')) as Comparison;
    const tenants = cells[0]!.simulated!.metrics.tenants!;
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['batch', 'chat']);
    // The same requests without a tenant have no such table.
    const plain = await flover('simulate', sole, '-o', join(folder, 'plain'));
    expect(plain.stdout).not.toContain('service');
    expect((await flover('replay', out)).code).toBe(0);
  });

  test('a trace that was tampered with does not replay', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    await flover('simulate', experimentFile(folder), '-o', out, '--json');
    const trace = join(out, 'simulator', 'temporal-fusion-seed-1', 'trace.jsonl');
    const lines = readFileSync(trace, 'utf8').split('\n');
    const admitted = lines.findIndex((line) => line.includes('"kind":"admit"'));
    lines.splice(admitted, 1);
    written(join(trace, '..'), 'trace.jsonl', lines.join('\n'));
    const replayed = await flover('replay', out);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toMatch(/temporal-fusion-seed-1: different/);
    expect(replayed.stdout).toMatch(/continuous-batching-seed-1: identical/);
    written(join(trace, '..'), 'trace.jsonl', '{"kind":"header"}\n');
    const damaged = await flover('replay', out);
    expect(damaged.code).toBe(2);
    expect(damaged.stdout).toMatch(/temporal-fusion-seed-1: cannot be replayed \[trace-/);
    expect(damaged.stdout).toMatch(/continuous-batching-seed-1: identical/);
    expect(damaged.stdout).toContain('1 of 2 runs replay identically, 1 cannot be replayed');
  });

  test('shows plain lines and a table where the output is no terminal', async () => {
    const folder = temporaryFolder();
    const ran = await flover('run', experimentFile(folder), '-o', join(folder, 'out'));
    expect(ran.stdout).toMatch(/^policy +p50 ms +p99 ms/m);
    expect(ran.stdout).toMatch(/temporal-fusion, seed 1: replay identical/);
    // No escape sequence: nothing draws.
    expect(ran.stderr + ran.stdout).not.toContain('\u001b');
  });
});

test('every command has help with an example', async () => {
  for (const command of [
    'simulate',
    'run',
    'compare',
    'sweep',
    'replay',
    'report',
    'profile',
    'laws',
    'validate',
    'import',
    'export',
    'doctor',
  ]) {
    const { code, stdout } = await flover(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example:\\n  flover ${command}`));
    expect(stdout).toMatch(/^ +--json +one JSON document/m);
  }
});

test('help of a command is what it says itself, and of none that there is refused', async () => {
  const [whole, told, itself, typo, strange] = await Promise.all([
    flover('help'),
    flover('help', 'sweep'),
    flover('sweep', '--help'),
    flover('help', 'sweeps'),
    flover('help', 'nope'),
  ]);
  expect([whole.code, told.code]).toEqual([0, 0]);
  expect(whole.stdout).toMatch(/^ {2}sweep .*options/m);
  expect(told.stdout).toBe(itself.stdout);
  expect([typo.code, strange.code]).toEqual([2, 2]);
  expect(typo.stderr).toMatch(/\[unknown-command\] .*'sweeps'; did you mean 'sweep'\?/);
  expect(strange.stderr).toMatch(/\[unknown-command\] .*'nope'; known: simulate, run/);
});

test('validate puts ranks under every engine, or says why it cannot', async () => {
  const few = ['--cases', '2', '--shapes', 'tiny-gptj', '--data-types', 'f32', '--json'];
  const options = ['--backend', 'cpu', '--checks', 'errors,agreement', ...few];
  const ranks = ['--tensor-parallel', '4', '--devices', '0,0,0,0'];
  const { code, stdout } = await flover('validate', ...options, ...ranks);
  expect(code).toBe(0);
  const { device, world, checks } = JSON.parse(stdout);
  expect(world).toEqual({ size: 4, devices: [0, 0, 0, 0] });
  expect(device.detail).toMatch(/threads of 4 ranks$/);
  expect(checks.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['passed', 'passed']);
  const nccl = ['--tensor-parallel', '4', '--collective', 'nccl'];
  const refused = await flover('validate', ...options, ...nccl);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('collective-unavailable');
  const elsewhere = await flover(
    'validate',
    ...options,
    '--tensor-parallel',
    '2',
    '--devices',
    '0,7',
  );
  expect(elsewhere.stderr).toContain('rank 1 asks for device 7');
});

test('doctor says what can run here', async () => {
  const { code, stdout } = await flover('doctor', '--json');
  expect(code).toBe(0);
  const { findings, models } = JSON.parse(stdout);
  const detail = expect.stringMatching(/^can run here; devices: 0 /);
  expect(findings).toContainEqual({ what: 'backend cpu', fine: true, detail });
  expect(models).toContain('llama-13b');
  // Whether or not this addon holds it, someone with a GPU is told why it is not used.
  const cuda = findings.filter(({ what }: { what: string }) => what === 'backend cuda');
  expect(cuda).toEqual([expect.objectContaining({ detail: expect.stringMatching(/./) })]);
});

test.each([
  ['no experiment', ['compare']],
  ['an unknown option', ['doctor', '--nope']],
  ['a wrong value', ['sweep', 'x.yaml', '--workers', 'two']],
  ['a missing file', ['simulate', 'nope.yaml']],
])('%s is one JSON document where that was asked for', async (_, words) => {
  const { code, stdout, stderr } = await flover(...words, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: expect.any(String),
    message: expect.any(String),
  });
  expect(stderr).toMatch(/^error/);
});

test('profile writes a profile that a simulation takes', async () => {
  const folder = temporaryFolder();
  const profile = join(folder, 'profile.json');
  const made = await flover('profile', experimentFile(folder), '-o', profile);
  expect(made.stdout).toMatch(/decode +[1-9]\d* samples/);
  const out = join(folder, 'out');
  const experiment = experimentFile(folder);
  const ran = await flover('simulate', experiment, '-c', `profile:${profile}`, '-o', out, '--json');
  expect(ran.code).toBe(0);
  const trace = join(out, 'simulator', 'temporal-fusion-seed-1', 'trace.jsonl');
  expect([...readTrace(trace)].at(-1)).toMatchObject({ kind: 'footer', outcome: 'complete' });
});
