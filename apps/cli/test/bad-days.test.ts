import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTrace } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { experimentFile, flover, start, temporaryFolder, written } from './flover.ts';

/** A policy file whose plan() has this body. */
function policyFile(folder: string, body: string): string {
  const plan = `plan(lane, plan) { ${body} }`;
  return written(
    folder,
    'mine.ts',
    `export default { name: 'mine', parameters: {}, create: () => ({ name: 'mine', lanes: ['main'], ${plan} }) };`,
  );
}

describe('a policy that is wrong gets one clear error that names it', () => {
  test.each([
    ['throws', "throw new Error('no more');", /\[policy-threw\] policy 'mine'.*no more/],
    [
      'names an unknown sequence',
      'plan.prefill({ id: 42 }, 3);',
      /\[illegal-action\] policy 'mine'.*42/,
    ],
    ['wakes for ever', 'plan.wakeAt(plan.nowNanos);', /\[policy-livelock\] policy 'mine'/],
    ['does nothing', '', /\[policy-stuck\] policy 'mine'.* 12 requests/],
  ])('%s, in both worlds', async (_, body, expected) => {
    const folder = temporaryFolder();
    const policy = policyFile(folder, body);
    const experiment = experimentFile(folder);
    for (const world of ['simulate', 'run']) {
      const out = join(folder, world);
      const { code, stderr } = await flover(world, experiment, '-p', policy, '-o', out);
      expect(stderr).toMatch(expected);
      expect(code).toBe(1);
    }
  });

  test('loops for ever: it is named and ended, and what was written is readable', async () => {
    const folder = temporaryFolder();
    const policy = policyFile(folder, 'if (plan.waiting.length > 3) for (;;);');
    const out = join(folder, 'out');
    const { code, stderr } = await flover('run', experimentFile(folder), '-p', policy, '-o', out);
    expect(stderr).toMatch(/\[policy-hung\] policy 'mine'/);
    expect(stderr).toContain(`What ran before this error is in ${out}`);
    expect(code).toBe(1);
    const records = [...readTrace(join(out, 'engine', 'mine-seed-1', 'trace.jsonl'))];
    expect(records[0]).toMatchObject({ kind: 'header' });
    expect(records.at(-1)?.kind).toBe('cut-off');
  });

  test('the line that threw is named as it was written, in a file with types and imports', async () => {
    const folder = temporaryFolder();
    written(folder, 'helper.ts', 'export const give = (plan: any): void => plan.nothing.at(0);');
    const policy = written(
      folder,
      'mine.mts',
      `import { definePolicy } from '@flover/policy';
import { give } from './helper.ts';
interface Wide { readonly a: number }

export default definePolicy({
  name: 'mine', parameters: {}, create: () => ({ name: 'mine', lanes: ['main'],
    plan(lane, plan) { give(plan); } }) });`,
    );
    const out = join(folder, 'out');
    const { code, stderr } = await flover(
      'simulate',
      experimentFile(folder),
      '-p',
      policy,
      '-o',
      out,
    );
    expect(stderr).toMatch(/threw: TypeError: .*, at helper\.ts:1:\d+\n/);
    expect(stderr).not.toMatch(/base64/);
    expect(code).toBe(1);
  });

  test('a .mjs file may import the package', async () => {
    const folder = temporaryFolder();
    const policy = written(
      folder,
      'mine.mjs',
      `import { lookupPolicy } from '@flover/policy';
export default { ...lookupPolicy('sequential'), name: 'mine' };`,
    );
    const { code, stderr } = await flover('laws', policy, '--cases', '5');
    expect(stderr).toMatch(/^mine: 5 worlds/);
    expect(code).toBe(0);
  });

  test('does not compile', async () => {
    const folder = temporaryFolder();
    const policy = written(folder, 'mine.ts', 'export default {');
    const { code, stderr } = await flover('laws', policy);
    expect(stderr).toMatch(/\[policy-file-broken\].*mine\.ts/);
    expect(code).toBe(2);
  });

  test('breaks a law: the smallest world that shows it is printed', async () => {
    const folder = temporaryFolder();
    const lastFirst =
      'const r = plan.waiting.at(plan.waiting.length - 1);' +
      'if (r) { const [s] = plan.admit(r); if (s) plan.prefill(s, r.promptTokens); }' +
      'plan.decodeAll();';
    const { code, stdout } = await flover('laws', policyFile(folder, lastFirst), '--cases', '300');
    expect(code).toBe(1);
    expect(stdout).toMatch(/BROKEN/);
    expect(stdout).toMatch(/request 0 arrives/);
  });
});

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
