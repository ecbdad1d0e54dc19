import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTrace } from '@flover/trace';
import { expect, test } from 'vitest';
import { experimentFile, flover, start, temporaryFolder, written } from './flover.ts';

test('Ctrl-C leaves a readable trace and exits cleanly', async () => {
  const folder = temporaryFolder();
  const experiment = experimentFile(folder, ['requests: 12', 'requests: 4000']);
  const out = join(folder, 'out');
  const trace = join(out, 'engine', 'temporal-fusion-seed-1', 'trace.jsonl');
  const { process: child, finished } = start('run', experiment, '-o', out);
  while (!existsSync(trace)) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill('SIGINT');
  const { code, stdout, stderr } = await finished;
  expect(code).toBe(130);
  expect(stdout).toMatch(/^temporal-fusion +real, cut off /m);
  expect(stderr).toMatch(/Cancelling/);
  expect([...readTrace(trace)].at(-1)).toMatchObject({ kind: 'footer', outcome: 'cancelled' });
  expect(readdirSync(join(trace, '..')).sort()).toContain('metrics.json');
});

test('Ctrl-C ends an attack at once, and claims no law', async () => {
  const folder = temporaryFolder();
  const policy = written(
    folder,
    'mine.mjs',
    "import { lookupPolicy } from '@flover/policy';\nexport default lookupPolicy('sequential');",
  );
  const { process: child, finished } = start('laws', policy, '--cases', '1000000');
  await new Promise((resolve) => child.stderr?.once('data', resolve));
  child.kill('SIGINT');
  const { code, stdout, stderr } = await finished;
  expect(code).toBe(130);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/\[interrupted\]/);
});

test('a folder that cannot be written is named, with what to do', async () => {
  const folder = temporaryFolder();
  const file = written(folder, 'a-file', '');
  const { code, stderr } = await flover('run', experimentFile(folder), '-o', join(file, 'out'));
  expect(stderr).toMatch(/\[no-results-folder\].*a-file/);
  expect(code).toBe(3);
});

test.each([
  ['profile', (folder: string) => [experimentFile(folder)]],
  ['validate', () => ['--backend', 'cpu', '--checks', 'errors']],
])('%s says before its work that the result cannot be written', async (command, words) => {
  const folder = temporaryFolder();
  const out = join(written(folder, 'a-file', ''), 'out', 'result');
  const { code, stdout, stderr } = await flover(command, ...words(folder), '-o', out);
  expect(stderr).toMatch(/^error \[no-results-folder\].*a-file/);
  expect(stdout).toBe('');
  expect(code).toBe(3);
});

test('a missing addon is named, with the command that builds it', async () => {
  const folder = temporaryFolder();
  process.env.FLOVER_ADDON = join(folder, 'nowhere.node');
  const { code, stderr } = await flover('run', experimentFile(folder), '-o', join(folder, 'out'));
  delete process.env.FLOVER_ADDON;
  expect(stderr).toMatch(/\[addon-missing\].*nowhere\.node[\s\S]*build/);
  expect(code).toBe(3);
});
