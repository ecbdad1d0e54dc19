import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtInPolicies } from '@flover/policy';
import { expect, test } from 'vitest';
import { traceDigest } from './support/digest.ts';

const cwd = fileURLToPath(new URL('./support', import.meta.url));
const policies = builtInPolicies.map(({ name }) => name);

test('traces are the same bytes again and in another process', () => {
  const here = policies.map((policy) => traceDigest(policy, 5));
  expect(new Set(here).size).toBe(policies.length);
  expect(policies.map((policy) => traceDigest(policy, 5))).toEqual(here);
  expect(policies.map((policy) => traceDigest(policy, 6))).not.toEqual(here);
  const args = ['--import', 'tsx', 'digest-main.ts', '5', ...policies];
  expect(execFileSync(process.execPath, args, { cwd }).toString().split('\n')).toEqual(here);
});
