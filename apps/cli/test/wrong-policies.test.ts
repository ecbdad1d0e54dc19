import { join } from 'node:path';
import { readTrace } from '@flover/trace';
import { describe, expect, test } from 'vitest';
import { experimentFile, flover, temporaryFolder, written } from './flover.ts';

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

  test('the line that threw is named as it was written, with types and imports', async () => {
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

  test('the lines of a .mjs file are its own', async () => {
    const folder = temporaryFolder();
    const policy = written(
      folder,
      'mine.mjs',
      `export default { name: 'mine', parameters: {}, create: () => ({ name: 'mine', lanes: ['main'],
        plan() { throw new Error('no more'); } }) };`,
    );
    const out = join(folder, 'out');
    const ran = await flover('simulate', experimentFile(folder), '-p', policy, '-o', out);
    expect(ran.stderr).toMatch(/threw: Error: no more, at mine\.mjs:2:24\n/);
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

test('laws attack a policy with the parameters in which its fault shows', async () => {
  const folder = temporaryFolder();
  // A prompt of more tokens than the budget is never given to a work: at 512 no small world tells.
  const policy = written(
    folder,
    'mine.js',
    `export default { name: 'mine', parameters: { budget: 512 }, create: ({ budget }) => ({
      name: 'mine', lanes: ['main'],
      plan(lane, plan) {
        const first = plan.waiting.first;
        if (first && plan.sequences.length === 0 && first.promptTokens <= budget) plan.admit(first);
        for (const one of plan.sequences) {
          if (one.state === 'prefill') plan.prefill(one, one.request.promptTokens);
          else plan.decode(one);
        }
      } }) };`,
  );
  const cases = ['--cases', '100'];
  const usual = await flover('laws', policy, ...cases);
  expect(usual.stdout).not.toMatch(/BROKEN/);
  expect(usual.stderr).toMatch(/Defaults: budget 512\. The worlds are tiny: .*'{"budget": 4}'/);
  const small = ['--parameters', '{"budget":2}'];
  const { code, stdout, stderr } = await flover('laws', policy, ...cases, ...small);
  expect(code).toBe(1);
  expect(stdout).toMatch(/BROKEN +progress[\s\S]*again: .* --parameters '{"budget":2}'/);
  expect(stderr).not.toMatch(/Defaults/);
  for (const [wrong, expected] of [
    ['budget=2', /JSON object/],
    ['{"bugdet":2}', /\[unknown-parameter\].*budget/],
  ] as const) {
    const refused = await flover('laws', policy, '--parameters', wrong);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(expected)]);
  }
});
