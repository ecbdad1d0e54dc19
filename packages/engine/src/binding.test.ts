import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/fixtures.ts';
import { floverErrorOf } from '../test/thrown.ts';
import { addonCandidates, loadAddon } from './binding.ts';

test('looks beside a bundle first, then in the build folder of the repository', () => {
  const candidates = addonCandidates('/house/apps/cli/dist');
  expect(candidates[0]).toBe('/house/apps/cli/dist/flover.node');
  expect(candidates).toContain('/house/packages/engine/build/Release/flover.node');
});

test('a missing addon names the command that builds it', () => {
  const file = join(temporaryFolder(), 'flover.node');
  const error = floverErrorOf(() => loadAddon({ FLOVER_ADDON: file }));
  expect(error.code).toBe('addon-missing');
  expect(error.hint).toContain('npm run build:native');
});

test('a file that is no addon is one clear error', () => {
  const file = join(temporaryFolder(), 'flover.node');
  writeFileSync(file, 'not a library');
  const error = floverErrorOf(() => loadAddon({ FLOVER_ADDON: file }));
  expect([error.code, error.message]).toEqual(['addon-broken', expect.stringContaining(file)]);
});
