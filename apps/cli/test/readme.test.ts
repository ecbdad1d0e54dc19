import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPolicyFile } from '@flover/experiment';
import { checkLaws } from '@flover/policy/testing';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const policy = readme.match(/```ts\n([\s\S]*?)```/)?.[1] ?? '';

describe('the README and its policy', () => {
  test('is complete in at most 40 lines, and so is the README in 150', () => {
    expect(policy).toContain('export default definePolicy(');
    expect(policy.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });

  test('names no file of the repository that is not there', () => {
    const commands = readme.match(/experiments\/[\w./-]+\.yaml/g) ?? [];
    const links = [...readme.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path]) => path);
    expect(commands.length).toBeGreaterThan(3);
    expect(links.length).toBeGreaterThan(10);
    expect([...commands, ...links].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('keeps every law, loaded as a user would from a folder of their own', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'flover-')), 'mine.ts');
    writeFileSync(file, policy);
    const { definition } = await loadPolicyFile(file);
    // A budget that binds in worlds of a few tokens, and the one that is printed.
    const parameters = [{ maxPrefillTokens: 3 }, {}];
    const report = checkLaws(definition, { numRuns: 1000, parameters });
    const broken = report.results.filter(({ verdict }) => verdict === 'failed');
    expect(broken.map(({ counterexample }) => counterexample?.text)).toEqual([]);
  });
});
