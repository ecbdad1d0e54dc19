import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { commitOf, sourceCommit } from './provenance.ts';

afterEach(() => vi.unstubAllEnvs());

test('a program away from its repository is told which commit it is', () => {
  vi.stubEnv('FLOVER_COMMIT', 'c0ffee');
  expect(sourceCommit()).toEqual({ id: 'c0ffee', dirty: false });
});

test('without a word from outside, the repository around it is asked', () => {
  vi.stubEnv('FLOVER_COMMIT', '');
  expect(sourceCommit()).toEqual(commitOf(import.meta.dirname));
  expect(sourceCommit().id).toMatch(/^([0-9a-f]{40}|unknown)$/);
});

test('a folder in no repository has no commit', () => {
  expect(commitOf(mkdtempSync(join(tmpdir(), 'flover-')))).toEqual({ id: 'unknown', dirty: false });
});
